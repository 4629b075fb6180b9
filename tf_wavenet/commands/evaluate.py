"""Measures how well voices speak, several side by side: on sentences that they were not trained on.

    tf-wavenet evaluate                                               # the voice that comes with the package
    tf-wavenet evaluate voice.gguf --data=recordings --json=result.json
    tf-wavenet evaluate f32.gguf int16.gguf int8.gguf                 # the first f32 voice is the reference

Teacher-forced, each sample given the real ones before it, at temperature 1: bits per sample; and against a reference,
an f32 voice of the same sizes, mean and maximum of KL(reference || voice) per step in nats, and the share of steps at
which both draw one level with one uniform. Free-running, from the features of the recordings: STOI and PESQ (wide band)
of the speech against its original.

Without --reference it is the first f32 voice of several, else the f32 voice that comes with the package if it has the
sizes of those given; a reference that is not among the voices is evaluated with them. Without --data it takes the test
sentences that come with the package. --nonlinearities is for the voices given; a reference beside them has its own.
"""

import json

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options

METRICS = ("stoi", "pesq")


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_string("reference", "", "F32 voice that the others are held against.", flag_values=flags)
    absl_flags.DEFINE_string(
        "data_dir", "", "Folder of recordings; empty = the packaged test sentences.", flag_values=flags
    )
    absl_flags.DEFINE_alias("data", "data_dir", flag_values=flags)
    absl_flags.DEFINE_enum(
        "split", "test", ["train", "validation", "test"], "Which of --data's recordings.", flag_values=flags
    )
    absl_flags.DEFINE_integer("limit", 0, "Evaluate the first so many sentences; 0 = all.", 0, flag_values=flags)
    absl_flags.DEFINE_list(
        "metrics", list(METRICS), f"What to measure of free-running speech, of {', '.join(METRICS)}.", flag_values=flags
    )
    absl_flags.DEFINE_bool(
        "sentences", False, "Print a table of sentences for each voice, as is done for a single one.", flag_values=flags
    )
    absl_flags.DEFINE_string("json", "", "File to write everything measured into.", flag_values=flags)
    options.define_generation(flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Evaluates."""
    if arguments and flags.voice:
        raise commands.UsageError(f"evaluate: give {arguments[0]!r} or --voice, not both")
    unknown = sorted(set(flags.metrics) - set(METRICS))
    if unknown or not flags.metrics:
        raise commands.UsageError(
            f"evaluate: no metric is called {', '.join(unknown)!r}; there are {', '.join(METRICS)}"
        )
    json_path = options.output_file(flags.json) if flags.json else None
    generation = options.generation_arguments(flags)
    nonlinearities = generation.pop("nonlinearities")
    if generation.pop("speaker"):
        raise commands.UsageError("evaluate: --speaker is for voices of several speakers, which are not compared yet")
    twice = [path for i, path in enumerate(arguments) if path in arguments[:i]]
    if twice:
        raise commands.UsageError(f"evaluate: {twice[0]!r} is given twice")
    paths = [options.existing_voice(path) for path in arguments] or [options.voice_path(flags)]
    reference_path = options.existing_voice(flags.reference) if flags.reference else None

    import tqdm

    from tf_wavenet import evaluation
    from tf_wavenet.evaluation import report

    metrics = {key: metric for key, metric in evaluation.METRICS.items() if key in flags.metrics}
    for metric in metrics.values():
        metric.require()
    contenders = [evaluation.load(path, nonlinearities) for path in paths]
    contenders, reference = evaluation.with_reference(contenders, reference_path)
    sentences = (
        evaluation.list_sentences(flags.data_dir, flags.split) if flags.data_dir else evaluation.shipped_sentences()
    )
    by_sentence = [
        evaluation.evaluate(contenders, sentence, metrics, reference=reference, **generation)
        for sentence in tqdm.tqdm(sentences[: flags.limit or None], desc="evaluating", unit="sentence")
    ]
    headings = {key: metric.name for key, metric in metrics.items()}
    measured = report.Evaluation(contenders, reference, list(zip(*by_sentence)), headings)
    if flags.sentences or len(paths) == 1:
        for contender, results in zip(contenders, measured.results):
            print(f"voice {contender.path} (checksum {contender.voice.info.checksum:016x})")
            print(report.sentence_table(results, headings))
            print()
    if len(contenders) > 1:
        print(report.summary(measured))
        print(f"{report.legend(measured, flags.seed)}\n")
    if json_path:
        about = {"seed": flags.seed, "temperature": flags.temperature, "isa": generation["isa"]}
        json_path.write_text(json.dumps({**about, **report.as_json(measured)}, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {json_path}")
    for name, contender, results in zip(evaluation.names(contenders), contenders, measured.results):
        label = f"{name}: " if len(contenders) > 1 else ""
        temperature = contender.voice.info.temperature if flags.temperature is None else flags.temperature
        print(label + report.means_line(results, headings, flags.seed, temperature))
