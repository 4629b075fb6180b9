"""Writes a page on which to listen: voices beside their originals and classical vocoders, in one HTML file.

    tf-wavenet report --output=page                                   # the voices that come with the package
    tf-wavenet report voice-f32.gguf voice-int16.gguf --data=recordings --output=page
    tf-wavenet report --output=page --ladder=ladder.json              # of tf-wavenet bench --ladder --json=ladder.json

The page, index.html, needs no server and asks for nothing outside: audio and pictures are inside. It has players that
switch at the same place, spectrograms and their differences, STOI, PESQ, mel-cepstral distortion, log-spectral
distance, errors of pitch and voicing with confidence intervals, the ladder of speeds, and the commands that make it
again. All sentences are measured (--limit of them), the first few (--sentences) can be heard.

The first f32 voice is what quantized ones are held against. Without --data it takes the test sentences that come with
the package, without --ladder the ladder of README.md, measured on the machine that it names.
"""

import datetime
import shlex

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options

PAGE = "index.html"
SCHEDULES = ("single", "split", "overlay", "trail")


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    absl_flags.DEFINE_string("output", "", "Folder for the page, index.html; made if missing.", flag_values=flags)
    absl_flags.DEFINE_string(
        "data_dir", "", "Folder of recordings; empty = the packaged test sentences.", flag_values=flags
    )
    absl_flags.DEFINE_alias("data", "data_dir", flag_values=flags)
    absl_flags.DEFINE_enum(
        "split", "test", ["train", "validation", "test"], "Which of --data's recordings.", flag_values=flags
    )
    absl_flags.DEFINE_integer("sentences", 3, "How many can be heard; each adds about 2 MB.", 1, flag_values=flags)
    absl_flags.DEFINE_integer("limit", 0, "Measure the first so many sentences; 0 = all.", 0, flag_values=flags)
    absl_flags.DEFINE_string("ladder", "", "JSON file of bench --ladder; empty = the published one.", flag_values=flags)
    absl_flags.DEFINE_integer("seed", 0, "Seed of the draws; the same seed gives the same samples.", flag_values=flags)
    absl_flags.DEFINE_float(
        "temperature", None, "Divides the logits; empty = what each voice brings.", flag_values=flags
    )
    absl_flags.DEFINE_integer(
        "num_threads",
        0,
        "Threads; 0 = one for each physical core that the process may use.",
        0,
        options.MAX_THREADS,
        flag_values=flags,
    )
    absl_flags.DEFINE_enum("isa", "", options.ISAS, "Instruction set; empty = the best there is.", flag_values=flags)
    absl_flags.DEFINE_string(
        "speaker", "", "Take the sentences of this one alone; empty = of all that lists name.", flag_values=flags
    )


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Speaks, measures, writes the page."""
    folder = options.output_folder(options.required(flags, "output"))
    if flags.temperature is not None and not 0.0 < flags.temperature < float("inf"):
        raise ValueError(f"temperature is {flags.temperature:g}, must be positive and finite")
    if not -(1 << 63) <= flags.seed < 1 << 63:
        raise ValueError(f"seed is {flags.seed}, must be in [-2^63, 2^63)")
    twice = [path for i, path in enumerate(arguments) if path in arguments[:i]]
    if twice:
        raise commands.UsageError(f"report: {twice[0]!r} is given twice")

    options.quiet_tensorflow()

    from tf_wavenet import evaluation, report, voices
    from tf_wavenet.bench import machine
    from tf_wavenet.report import ladder, page

    page.require()
    published = ladder.load(flags.ladder or None)
    paths = [options.existing_voice(path) for path in arguments]
    paths = paths or [voices.default_voice_path(precision) for precision in voices.PRECISIONS]
    for metric in evaluation.METRICS.values():
        metric.require()
    contenders, reference = evaluation.with_reference([evaluation.load(path) for path in paths])
    systems = evaluation.all_systems(contenders)
    report.sample_rate_of(systems)  # Before work that would be for nothing.
    sentences = (
        evaluation.list_sentences(flags.data_dir, flags.split) if flags.data_dir else evaluation.shipped_sentences()
    )
    if flags.speaker:
        sentences = evaluation.of_speaker(sentences, flags.speaker)
    sentences = sentences[: flags.limit or None]
    isa = options.resolved_isa(flags.isa)

    import tqdm

    measured = evaluation.evaluate_systems(
        systems,
        sentences,
        evaluation.METRICS,
        reference=reference,
        generation=evaluation.Generation(
            seed=flags.seed, temperature=flags.temperature, num_threads=flags.num_threads, isa=isa
        ),
        likelihoods=False,
        keep_audio=True,
        progress=lambda sentences: tqdm.tqdm(sentences, desc="speaking", unit="sentence"),
    )
    about = machine.describe()
    shown = report.gather(
        measured,
        machine=about,
        commands=again(flags, arguments, about["command"]),
        date=datetime.date.today().isoformat(),
        num_players=flags.sentences,
        ladder=published,
    )
    html = report.render(shown)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / PAGE
    target.write_text(html, encoding="utf-8")
    print(f"wrote {target}: {len(shown.sentences)} sentences, {len(shown.systems)} systems, {len(html) / 1e6:.1f} MB")


def again(flags: absl_flags.FlagValues, arguments: list[str], command: str) -> list[tuple[str, str]]:
    """Returns what the page says on how it, and the figures in it, are made: (what, command lines)."""
    same = [
        f"--{name}={flags[name].value}"
        for name in ("data_dir", "split", "limit", "speaker", "seed", "temperature", "num_threads", "isa")
        if flags[name].present
    ]
    voices, before = shlex.join(arguments), ""
    if not arguments:
        before = 'VOICES="$(python -c "import tf_wavenet.voices as v; print(v.default_voice_path().parent)")"\n'
        voices = '"$VOICES"/default-{f32,int16,int8}.gguf'
    options_of_both = shlex.join([*same, f"--schedules={','.join(SCHEDULES)}"])
    return [
        ("This page", command),
        (
            "The table; likelihoods; that schedules change nothing",
            f"{before}tf-wavenet evaluate {voices} {options_of_both}",
        ),
        ("The ladder", "tf-wavenet bench --ladder --json=ladder.json"),
    ]
