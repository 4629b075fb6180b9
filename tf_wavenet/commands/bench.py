"""Times the engine beside what the machine can do; or the ladder of ways to generate. Nothing is timed unverified.

    tf-wavenet bench                                          # the packaged voice, 1 and 8 utterances, all cores
    tf-wavenet bench --model=large --rate=48000               # random weights: a step's time does not depend on them
    tf-wavenet bench --model=large --batches=1,8,16 --precisions=int8 --schedule=overlay

So many utterances at once on all cores, as the engine is used: how it speaks them, times real time, per cent of the
speed at which as many cores stream the weights, per cent of their best multiply-add rate.

    tf-wavenet bench --floor                                  # three sizes, three precisions, every ISA of this CPU
    tf-wavenet bench --floor --model=large --precisions=int16,int8 --isas=avx2
    tf-wavenet bench --floor --model=voice.gguf

The floor: one utterance on one core, on each ISA, beside the time in which the core does nothing but stream a step's
weights, and the time that the ISA's best instruction takes for a step's multiply-adds. "bound by" names the higher of
the two limits.

    tf-wavenet bench --ladder --json=ladder.json --chart=ladder.png
    tf-wavenet bench --ladder --model=small --rungs=cached,int8

The ladder of the talk that this project follows, on one model (large unless told): the naive loop in TensorFlow that
recomputes the whole receptive field for every sample; cached activations; the engine with OpenBLAS and MKL (which
'pip install tf-wavenet[blas]' brings); its own kernels, ever faster; then what the talk left for later. Each rung
stands beside the talk's own figure. A voice file gives the rungs of its precision.

Limits are measured around each timed run. A voice is verified on the best ISA (integers: samples and logits equal to
the exact reference's; f32: close to NumPy's or TensorFlow's, whose sums have another order); other ISAs, threads,
schedules and batches must give the same bits. Only the ladder needs TensorFlow. Nothing else should run meanwhile.
"""

import json
import os
import pathlib
import tempfile

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options
from tf_wavenet.config import PRESETS

PRECISIONS = ("f32", "int16", "int8")
MAX_BATCH = 256
# Flags that go with some modes only.
_MODES = {
    "streams": ("precisions", "batches", "num_threads", "schedule", "isa", "nonlinearities"),
    "floor": ("precisions", "isas", "nonlinearities"),
    "ladder": ("rungs", "chart"),
}


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    absl_flags.DEFINE_list(
        "model",
        None,
        f"Sizes with random weights ({', '.join(PRESETS)}) or voice files; one for the ladder. Empty = the packaged "
        "voice; with --floor all sizes; with --ladder large.",
        flag_values=flags,
    )
    absl_flags.DEFINE_integer(
        "rate", None, "Sample rate in Hz that models are taken to speak at.", 1000, 192000, flag_values=flags
    )
    absl_flags.DEFINE_list(
        "precisions", None, f"Some of {', '.join(PRECISIONS)}; empty = all. A voice has its own.", flag_values=flags
    )
    absl_flags.DEFINE_list("batches", ["1", "8"], "How many utterances at once, one row each.", flag_values=flags)
    absl_flags.DEFINE_integer(
        "num_threads", 0, "Threads; 0 = one for each physical core.", 0, options.MAX_THREADS, flag_values=flags
    )
    absl_flags.DEFINE_enum(
        "schedule",
        "",
        ("", "single", "split", "overlay", "trail"),
        "How threads divide a step; empty = the best for the voice and the batch.",
        flag_values=flags,
    )
    absl_flags.DEFINE_enum("isa", "", options.ISAS, "Instruction set; empty = the best there is.", flag_values=flags)
    absl_flags.DEFINE_enum(
        "nonlinearities",
        "",
        options.NONLINEARITIES,
        "How the engine computes tanh, sigmoid and exp; empty = the voice's own.",
        flag_values=flags,
    )
    absl_flags.DEFINE_bool("floor", False, "One core, every ISA, beside its floor.", flag_values=flags)
    absl_flags.DEFINE_list(
        "isas", None, f"With --floor: some of {', '.join(options.ISAS[1:])}; empty = all there are.", flag_values=flags
    )
    absl_flags.DEFINE_bool("ladder", False, "The ladder of the talk.", flag_values=flags)
    absl_flags.DEFINE_list("rungs", None, "With --ladder: some of its rungs; empty = all.", flag_values=flags)
    absl_flags.DEFINE_string("chart", "", "With --ladder: PNG file that receives a picture of it.", flag_values=flags)
    absl_flags.DEFINE_float(
        "seconds", 2.0, "Audio to speak in each run of the engine, or what takes 1 s.", flag_values=flags
    )
    absl_flags.DEFINE_integer("repeats", 5, "Timed runs of each row; the median counts.", 1, flag_values=flags)
    absl_flags.DEFINE_integer("seed", 0, "Seed of weights, inputs and draws.", 0, flag_values=flags)
    absl_flags.DEFINE_string("json", "", "File that receives everything measured.", flag_values=flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Times."""
    mode = _mode(flags)
    _check_names("precision", flags.precisions, PRECISIONS)
    target = options.output_file(flags.json) if flags.json else None
    with tempfile.TemporaryDirectory() as folder:
        run_mode = {"streams": _run_streams, "floor": _run_floor, "ladder": _run_ladder}[mode]
        measured = run_mode(flags, pathlib.Path(folder))
    if target:
        target.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {target}")


def _mode(flags: absl_flags.FlagValues) -> str:
    if flags.floor and flags.ladder:
        raise commands.UsageError("bench: give either --floor or --ladder")
    mode = "floor" if flags.floor else "ladder" if flags.ladder else "streams"
    for name in {name for names in _MODES.values() for name in names} - set(_MODES[mode]):
        if flags[name].present:
            where = [f"--{m}" if m != "streams" else "neither" for m, names in _MODES.items() if name in names]
            raise commands.UsageError(f"bench: --{name} goes with {' or '.join(where)}")
    return mode


def _check_names(what: str, names: list[str] | None, known: tuple[str, ...]) -> None:
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        raise commands.UsageError(f"bench: no {what} is called {', '.join(unknown)}; there are {', '.join(known)}")


def _subjects(flags: absl_flags.FlagValues, folder: pathlib.Path, default: list[str]) -> list:
    from tf_wavenet.bench import models

    precisions = flags.precisions or PRECISIONS
    made = []
    for name in flags.model or default:
        made += models.subjects(_preset_or_voice(name), precisions, flags.rate, folder, **_inputs(flags)).values()
    return made


def _preset_or_voice(name: str) -> str:
    if name in PRESETS:
        return name
    if name and not pathlib.Path(name).suffix:
        raise commands.UsageError(f"bench: no size is called {name}; there are {', '.join(PRESETS)}, or voice files")
    return str(options.existing_voice(name))


def _inputs(flags: absl_flags.FlagValues) -> dict:
    return {"seconds": flags.seconds, "seed": flags.seed, "nonlinearities": flags.nonlinearities}


def _run_streams(flags: absl_flags.FlagValues, folder: pathlib.Path) -> dict:
    """Prints speeds of batches; returns all that was measured."""
    from tf_wavenet.bench import machine, streams, streams_table

    try:
        batches = [int(batch) for batch in flags.batches]
    except ValueError:
        raise commands.UsageError(f"bench: --batches={','.join(flags.batches)} must be numbers") from None
    if not batches or not all(1 <= batch <= MAX_BATCH for batch in batches):
        raise commands.UsageError(f"bench: --batches={','.join(flags.batches)} must be in 1..{MAX_BATCH}")
    isa = options.resolved_isa(flags.isa)
    subjects = _subjects(flags, folder, [""])
    about = _print_machine(machine.describe())
    results = streams.run(
        subjects, batches, flags.repeats, isa=isa, num_threads=flags.num_threads, schedule=flags.schedule
    )
    print(f"\n{streams_table.table(results)}\n\n{streams_table.LEGEND}")
    return streams_table.as_dict(results, about)


def _run_floor(flags: absl_flags.FlagValues, folder: pathlib.Path) -> dict:
    """Prints speeds beside the floor; returns all that was measured."""
    from tf_wavenet import native
    from tf_wavenet.bench import floor_run, floor_table, machine

    _check_names("isa", flags.isas, options.ISAS[1:])
    wanted = {options.resolved_isa(isa) for isa in flags.isas or native.available_isas()}
    isas = [isa for isa in native.available_isas() if isa in wanted]
    subjects = _subjects(flags, folder, list(PRESETS))
    about = _print_machine(machine.describe())
    results = floor_run.run(subjects, isas, flags.repeats)
    print("\n".join(map(floor_table.verified_line, results)))
    print(f"\n{floor_table.table(results)}\n\n{floor_table.LEGEND}")
    return floor_table.as_dict(results, about)


def _run_ladder(flags: absl_flags.FlagValues, folder: pathlib.Path) -> dict:
    """Prints the ladder; returns all that was measured."""
    names = flags.model or ["large"]
    if len(names) > 1:
        raise commands.UsageError("bench: --ladder takes one model")
    model_name = _preset_or_voice(names[0])
    chart = options.output_file(flags.chart) if flags.chart else None
    os.environ["KERAS_BACKEND"] = "tensorflow"  # The naive rung is the training model in a TensorFlow loop.
    options.quiet_tensorflow()

    from tf_wavenet.ops.library import import_tensorflow

    import_tensorflow()  # Which says how to install it.
    from tf_wavenet.bench import ladder, ladder_chart, ladder_table, machine, models

    rungs = [rung.name for rung in ladder.RUNGS]
    _check_names("rung", flags.rungs, tuple(rungs))
    subjects = models.subjects(model_name, ladder.PRECISIONS, flags.rate, folder, **_inputs(flags))
    subject = next(iter(subjects.values()))
    sizes, about = subject.config.model, _print_machine(machine.describe())
    description = (
        f"{subject.name}: layers {sizes.layers}, residual {sizes.residual_channels}, skip {sizes.skip_channels}, "
        f"output {sizes.output_channels}; {sizes.weights_per_sample:,} multiply-adds per sample, "
        f"{subject.sample_rate_hz} Hz"
    )
    print(description, flush=True)
    results = ladder.run(subjects, flags.rungs or rungs, flags.repeats)
    print(f"\n{ladder_table.table(results)}\n\n{ladder_table.LEGEND}")
    if chart:
        ladder_chart.draw(results, subject.sample_rate_hz, f"{description}\n{about['cpu']}", chart)
        print(f"wrote {chart}")
    model = {"name": subject.name, "sample_rate_hz": subject.sample_rate_hz, "config": subject.config.to_dict()}
    return ladder_table.as_dict(results, model, about)


def _print_machine(about: dict) -> dict:
    print(", ".join(f"{key} {value}" for key, value in about.items()), flush=True)
    return about
