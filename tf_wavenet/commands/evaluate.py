"""Measures how well voices speak, beside each other and beside classical vocoders: on sentences that they were not
trained on.

    tf-wavenet evaluate                                               # the voice that comes with the package
    tf-wavenet evaluate voice.gguf --data=recordings --json=result.json
    tf-wavenet evaluate f32.gguf int16.gguf int8.gguf                 # the first f32 voice is the reference
    tf-wavenet evaluate voice.gguf --schedules=single,split,overlay,trail --markdown

From the features of the recordings: what each system says, freely running, is held against the recording. Systems are
the voices; the recording itself through the first voice's mu-law levels and pre-emphasis, the ceiling of what it could
say (codec); Griffin-Lim from the same features (griffin-lim); WORLD, from its own analysis of the recording (world).
With --schedules each voice speaks by each of them again, which must not change a sample.

Speech is drawn, so that measures move from seed to seed; --takes=4 speaks each sentence with four and takes the mean.

Metrics, each with a 95 % confidence interval over the sentences: STOI and PESQ (wide band); mel-cepstral distortion
(coefficients 1 to 24, dB) and log-spectral distance (dB), over frames of speech; error of F0 in cents, root mean square
over the frames that are voiced in both; and the percentage of frames that are voiced in one of the two alone.

Teacher-forced, each sample given the real ones before it, at temperature 1: bits per sample; and against a reference,
an f32 voice of the same sizes, mean and maximum of KL(reference || voice) per step in nats, and the share of steps at
which both draw one level with one uniform. Metrics are held against the reference's, too, sentence by sentence.

Without --reference it is the first f32 voice of several, else the f32 voice that comes with the package if it has the
sizes of those given; a reference that is not among the voices is evaluated with them. Without --data it takes the test
sentences that come with the package. A voice of several speakers speaks each sentence as the one that the list names;
--speaker takes those of one alone, or says whose sentences without names are. --nonlinearities is for the voices given;
a reference beside them has its own.
"""

import json

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options

METRICS = ("stoi", "pesq", "mcd", "lsd", "f0", "voicing")
BASELINES = ("codec", "griffin-lim", "world")
SCHEDULES = ("single", "split", "overlay", "trail")


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_string("reference", "", "F32 voice that the others are held against.", flag_values=flags)
    absl_flags.DEFINE_string(
        "data_dir", "", "Folder of recordings; empty = the packaged test sentences.", flag_values=flags
    )
    absl_flags.DEFINE_alias("data", "data_dir", flag_values=flags)
    absl_flags.DEFINE_enum(
        "split",
        "test",
        ["train", "validation", "test", "passage"],
        "Which of --data's recordings; passage: connected text that make_corpus.py held out.",
        flag_values=flags,
    )
    absl_flags.DEFINE_integer("limit", 0, "Evaluate the first so many sentences; 0 = all.", 0, flag_values=flags)
    absl_flags.DEFINE_list(
        "metrics", list(METRICS), f"What to measure of free-running speech, of {', '.join(METRICS)}.", flag_values=flags
    )
    absl_flags.DEFINE_list(
        "baselines", list(BASELINES), f"What voices stand beside, of {', '.join(BASELINES)}.", flag_values=flags
    )
    absl_flags.DEFINE_list(
        "schedules", [], f"How each voice speaks once more, of {', '.join(SCHEDULES)}.", flag_values=flags
    )
    absl_flags.DEFINE_integer(
        "takes", 1, "Times to speak each sentence, with seeds from --seed on; measures are means.", 1, flag_values=flags
    )
    absl_flags.DEFINE_bool("sentences", False, "Print a table of sentences for each system, too.", flag_values=flags)
    absl_flags.DEFINE_bool("markdown", False, "Print tables in Markdown.", flag_values=flags)
    absl_flags.DEFINE_string("json", "", "File to write everything measured into.", flag_values=flags)
    options.define_generation(flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Evaluates."""
    if arguments and flags.voice:
        raise commands.UsageError(f"evaluate: give {arguments[0]!r} or --voice, not both")
    if not flags.metrics:
        raise commands.UsageError(f"evaluate: no metric is given; there are {', '.join(METRICS)}")
    for what, given, known in (
        ("metric", flags.metrics, METRICS),
        ("baseline", flags.baselines, BASELINES),
        ("schedule", flags.schedules, SCHEDULES),
    ):
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise commands.UsageError(f"evaluate: no {what} is called {unknown[0]!r}; there are {', '.join(known)}")
    json_path = options.output_file(flags.json) if flags.json else None
    generation = options.generation_arguments(flags)
    nonlinearities, speaker = generation.pop("nonlinearities"), generation.pop("speaker")
    twice = [path for i, path in enumerate(arguments) if path in arguments[:i]]
    if twice:
        raise commands.UsageError(f"evaluate: {twice[0]!r} is given twice")
    paths = [options.existing_voice(path) for path in arguments] or [options.voice_path(flags)]
    reference_path = options.existing_voice(flags.reference) if flags.reference else None

    import tqdm

    from tf_wavenet import evaluation
    from tf_wavenet.bench import markdown
    from tf_wavenet.evaluation import report

    metrics = {key: metric for key, metric in evaluation.METRICS.items() if key in flags.metrics}
    for metric in metrics.values():
        metric.require()
    contenders = [evaluation.load(path, nonlinearities) for path in paths]
    contenders, reference = evaluation.with_reference(contenders, reference_path)
    sentences = (
        evaluation.list_sentences(flags.data_dir, flags.split) if flags.data_dir else evaluation.shipped_sentences()
    )
    if speaker:
        sentences = evaluation.of_speaker(sentences, speaker)
    measured = evaluation.evaluate_systems(
        evaluation.all_systems(contenders, flags.baselines, flags.schedules),
        sentences[: flags.limit or None],
        metrics,
        reference=reference,
        generation=evaluation.Generation(**generation, takes=flags.takes),
        progress=lambda all_of_them: tqdm.tqdm(all_of_them, desc="evaluating", unit="sentence"),
    )
    printed = lambda table: markdown.table(table.columns, table.rows) if flags.markdown else table.text()
    if flags.sentences:
        for index, system in enumerate(measured.systems):
            print(f"{system.name}\n\n{printed(report.sentence_table(measured, index))}\n")
    for table in (report.quality_table(measured), report.difference_table(measured), report.likelihood_table(measured)):
        if table is not None:
            print(f"{printed(table)}\n")
    print("\n".join(report.notes(measured)))
    if json_path:
        content = report.as_json(measured)
        json_path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        print(f"wrote {json_path}")
