"""Measures how well a voice speaks: copy synthesis of sentences that it was not trained on.

For each sentence: STOI of the free-running synthesis against the original, and teacher-forced bits per sample.

    tf-wavenet evaluate
    tf-wavenet evaluate --voice=voice.gguf --data_dir=recordings --split=test --json=result.json

Without --data_dir it takes the test sentences that come with the package.
"""

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence

from absl import flags as absl_flags

from tf_wavenet.commands import options


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_string(
        "data_dir", "", "Folder of recordings; empty = the packaged test sentences.", flag_values=flags
    )
    absl_flags.DEFINE_enum(
        "split", "test", ["train", "validation", "test"], "Which of --data_dir's recordings.", flag_values=flags
    )
    absl_flags.DEFINE_integer("limit", 0, "Evaluate the first so many sentences; 0 = all.", 0, flag_values=flags)
    absl_flags.DEFINE_string("json", "", "File to write the results into.", flag_values=flags)
    options.define_generation(flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Evaluates."""
    json_path = options.output_file(flags.json) if flags.json else None
    generation = options.generation_arguments(flags)
    path = options.voice_path(flags)

    import tqdm

    from tf_wavenet import evaluation, native
    from tf_wavenet.export import read_config

    for metric in evaluation.METRICS.values():
        metric.require()
    voice, config = native.load_voice(path), read_config(path)
    sentences = (
        evaluation.list_sentences(flags.data_dir, flags.split) if flags.data_dir else evaluation.shipped_sentences()
    )
    sentences = sentences[: flags.limit or None]
    results = [
        evaluation.evaluate(voice, config, sentence, evaluation.METRICS, **generation)
        for sentence in tqdm.tqdm(sentences, desc="evaluating", unit="sentence")
    ]
    results.append(evaluation.mean_of(results))
    headings = {key: metric.name for key, metric in evaluation.METRICS.items()}
    print(f"voice {path} (checksum {voice.info.checksum:016x})")
    print(table(results, headings))
    if json_path:
        about = {"voice": str(path), "checksum": f"{voice.info.checksum:016x}"}
        about |= {"seed": flags.seed, "temperature": flags.temperature}
        json_path.write_text(json.dumps({**about, **as_json(results)}, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {json_path}")
    print(means(results, headings, flags.seed, flags.temperature))


def table(results: Sequence, headings: Mapping[str, str]) -> str:
    """Returns `results`, the mean last, as a table; `headings` names the metrics' columns."""
    rows = [["sentence", "seconds", *headings.values(), "bits/sample", "x real time"]]
    for result in results:
        metrics = ["-" if math.isnan(result.metrics[key]) else f"{result.metrics[key]:.3f}" for key in headings]
        bits, speed = f"{result.bits_per_sample:.3f}", f"{result.times_real_time:.2f}"
        rows.append([result.name, f"{result.seconds:.2f}", *metrics, bits, speed])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    rule = "-" * len(lines[0])
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def means(results: Sequence, headings: Mapping[str, str], seed: int, temperature: float) -> str:
    """Returns the line that says each metric's mean in `results`, the mean last, and how the sentences were spoken."""
    *sentences, mean = results
    plural = "s" if len(sentences) > 1 else ""
    parts = []
    for key, heading in headings.items():
        measured = sum(not math.isnan(sentence.metrics[key]) for sentence in sentences)
        of_all = "" if measured == len(sentences) else f"{measured} of "
        value = f"{mean.metrics[key]:.3f}" if measured else "-"
        parts.append(f"mean {heading} {value} over {of_all}{len(sentences)} sentence{plural}")
    return f"{', '.join(parts)} (seed {seed}, temperature {temperature:g})"


def as_json(results: Sequence) -> dict:
    """Returns `results`, the mean last, as plain values; a metric without a value is null."""
    plain = []
    for result in results:
        values = dataclasses.asdict(result)
        metrics = values.pop("metrics")
        plain.append({**values, **{key: None if math.isnan(value) else value for key, value in metrics.items()}})
    return {"sentences": plain[:-1], "mean": plain[-1]}
