"""Times generation, each way of it verified against its oracle first: the ladder of ways, or the engine at its floor.

    tf-wavenet bench                                # the voice that comes with the package
    tf-wavenet bench --preset=large                 # random weights: a step's time does not depend on their values
    tf-wavenet bench --preset=large --precision=int8 --rungs=fused --json=large.json

The ladder: the naive loop recomputes the whole receptive field for every sample; the cached loop keeps activations in
ring buffers, in a TensorFlow graph and compiled by XLA; the fused op is FastWaveNetInference on one core. Of an integer
voice the loops compute what its integers stand for, in float32, and the op must equal a fifth rung, the exact reference
"integers" (--rungs=integers times it too). A rung that disagrees with its oracle stops the run.

    tf-wavenet bench --floor                        # three sizes, three precisions, every ISA of this CPU
    tf-wavenet bench --floor --presets=large --precisions=int16,int8 --isas=avx2
    tf-wavenet bench --floor --voice=voice.gguf

The floor: the time in which one core does nothing but stream a step's weights. Every speed is given as times real time,
GB/s of weights and per cent of the floor; and beside the other limit, the time that the ISA's best instruction takes
for a step's multiply-adds. "bound by" names the higher of the two. Both are measured around each timed run, which is
one call of the engine: conditioning and sampling are in the time. Of each voice the best ISA is verified (integers:
samples and logits equal to the exact reference's; f32: close to NumPy's, whose sums have another order) and the others
must give the same bits. It needs no TensorFlow.

Nothing else should run meanwhile.
"""

import json
import os
import pathlib
import tempfile

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options
from tf_wavenet.config import PRESETS, AudioConfig, VoiceConfig, preset

RUNGS = ("naive", "cached", "cached+XLA", "fused")
PRECISIONS = ("f32", "int16", "int8")
_LADDER_FLAGS = ("preset", "precision", "rungs", "isa")
_FLOOR_FLAGS = ("presets", "precisions", "isas")
# Flags that take several names, and the names that there are.
_NAMES = {
    "rungs": (*RUNGS, "integers"),
    "presets": tuple(PRESETS),
    "precisions": PRECISIONS,
    "isas": options.ISAS[1:],
}


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_enum(
        "preset", None, list(PRESETS), "Random weights of this size, in place of a voice.", flag_values=flags
    )
    absl_flags.DEFINE_enum("precision", None, PRECISIONS, "Of --preset's weights; f32 if not given.", flag_values=flags)
    absl_flags.DEFINE_list(
        "rungs",
        list(RUNGS),
        f"Which rungs to run, of {', '.join(_NAMES['rungs'])} (of integer voices).",
        flag_values=flags,
    )
    absl_flags.DEFINE_enum(
        "isa", "", options.ISAS, "Instruction set of the op; empty = the best there is.", flag_values=flags
    )
    absl_flags.DEFINE_bool("floor", False, "Time the engine beside its floor, not the ladder.", flag_values=flags)
    for name in _FLOOR_FLAGS:
        every = "all that this CPU has" if name == "isas" else "all"
        absl_flags.DEFINE_list(
            name, None, f"With --floor: some of {', '.join(_NAMES[name])}; empty = {every}.", flag_values=flags
        )
    absl_flags.DEFINE_enum(
        "nonlinearities",
        "",
        options.NONLINEARITIES,
        "How the engine computes tanh, sigmoid and exp; empty = the voice's own.",
        flag_values=flags,
    )
    absl_flags.DEFINE_float(
        "seconds",
        2.0,
        "Audio to speak in each run of the engine. The fused rung speaks 1 s at most; with --floor, what takes 1 s.",
        flag_values=flags,
    )
    absl_flags.DEFINE_integer("repeats", 5, "Timed runs of each row; the median counts.", 1, flag_values=flags)
    absl_flags.DEFINE_integer("seed", 0, "Seed of weights, inputs and draws.", 0, flag_values=flags)
    absl_flags.DEFINE_string("json", "", "File that receives everything measured.", flag_values=flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Times."""
    _check_flags(flags)
    target = options.output_file(flags.json) if flags.json else None
    measured = (_run_floor if flags.floor else _run_ladder)(flags)
    if target:
        target.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {target}")


def _check_flags(flags: absl_flags.FlagValues) -> None:
    foreign = [name for name in (_LADDER_FLAGS if flags.floor else _FLOOR_FLAGS) if flags[name].present]
    if foreign:
        raise commands.UsageError(f"bench: --{foreign[0]} goes {'without' if flags.floor else 'with'} --floor")
    of_random = ("presets", "precisions") if flags.floor else ("preset", "precision")
    both = [name for name in of_random if flags[name].value]
    if flags.voice and both:
        raise commands.UsageError(f"bench: give either --voice or --{both[0]}")
    if flags.precision and not flags.preset:
        raise commands.UsageError("bench: --precision goes with --preset: a voice has its own")
    for name, known in _NAMES.items():
        unknown = sorted(set(flags[name].value or ()) - set(known))
        if unknown:
            raise commands.UsageError(
                f"bench: no {name[:-1]} is called {', '.join(unknown)}; there are {', '.join(known)}"
            )


def _run_floor(flags: absl_flags.FlagValues) -> dict:
    """Prints speeds beside the floor; returns all that was measured."""
    from tf_wavenet import native
    from tf_wavenet.bench import floor_run, floor_table, machine, subject

    wanted = {options.resolved_isa(isa) for isa in flags.isas or native.available_isas()}
    isas = [isa for isa in native.available_isas() if isa in wanted]
    inputs = _inputs(flags)
    about = _print_machine(machine.describe())
    with tempfile.TemporaryDirectory() as folder:
        if flags.voice:
            subjects = [subject.voice_subject(options.voice_path(flags), **inputs)]
        else:
            subjects = [
                _random_subject(name, precision, folder, inputs)
                for name in flags.presets or PRESETS
                for precision in flags.precisions or PRECISIONS
            ]
        results = floor_run.run(subjects, isas, flags.repeats)
    print("\n".join(map(floor_table.verified_line, results)))
    print(f"\n{floor_table.table(results)}\n\n{floor_table.LEGEND}")
    return floor_table.as_dict(results, about)


def _run_ladder(flags: absl_flags.FlagValues) -> dict:
    """Prints the ladder; returns all that was measured."""
    path = None if flags.preset else options.voice_path(flags)
    os.environ["KERAS_BACKEND"] = "tensorflow"  # The naive rung is the training model in a TensorFlow loop.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    from tf_wavenet import native
    from tf_wavenet.ops.library import import_tensorflow

    import_tensorflow()  # Which says how to install it.
    from tf_wavenet.bench import machine, report, subject
    from tf_wavenet.bench import run as ladder

    inputs = {**_inputs(flags), "isa": flags.isa}
    with tempfile.TemporaryDirectory() as folder:
        if flags.preset:
            measured = _random_subject(flags.preset, flags.precision or "f32", folder, inputs)
        else:
            measured = subject.voice_subject(path, **inputs)
        model, about = measured.config.model, _print_machine(machine.describe())
        print(
            f"{measured.name} {measured.precision}: layers {model.layers}, residual {model.residual_channels}, "
            f"skip {model.skip_channels}, output {model.output_channels}; {model.weights_per_sample:,} multiply-adds "
            f"per sample, {measured.config.audio.sample_rate_hz} Hz",
            flush=True,
        )
        results = ladder.run(measured, flags.rungs, flags.repeats)
    print(report.table(results))
    print(report.floor_line(results, flags.isa or native.best_isa()))
    return report.as_dict(measured, results, about)


def _inputs(flags: absl_flags.FlagValues) -> dict:
    return {"seconds": flags.seconds, "seed": flags.seed, "nonlinearities": flags.nonlinearities}


def _random_subject(name: str, precision: str, folder: str, inputs: dict):
    from tf_wavenet.bench import subject

    config = VoiceConfig(audio=AudioConfig(), model=preset(name))
    return subject.random_subject(name, config, pathlib.Path(folder), precision=precision, **inputs)


def _print_machine(about: dict) -> dict:
    print(", ".join(f"{key} {value}" for key, value in about.items()), flush=True)
    return about
