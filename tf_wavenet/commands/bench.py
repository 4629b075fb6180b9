"""Times naive, cached and fused generation of one model, each verified against its oracle first.

    tf-wavenet bench                          # the voice that comes with the package
    tf-wavenet bench --preset=large           # random weights: a step's time does not depend on their values
    tf-wavenet bench --preset=large --rungs=fused --json=large.json

The naive loop recomputes the whole receptive field for every sample; the cached loop keeps activations in ring buffers,
in a TensorFlow graph and compiled by XLA; the fused op is FastWaveNetInference on one core. A rung that disagrees with
its oracle stops the run. The op's speed is also given as a share of the floor: the time in which one core streams a
step's weights, measured around each run. Nothing else should run meanwhile.
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


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_enum(
        "preset", None, list(PRESETS), "Random weights of this size, in place of a voice.", flag_values=flags
    )
    absl_flags.DEFINE_list("rungs", list(RUNGS), f"Which rungs to run, of {', '.join(RUNGS)}.", flag_values=flags)
    absl_flags.DEFINE_enum(
        "isa", "", options.ISAS, "Instruction set of the op; empty = the best there is.", flag_values=flags
    )
    absl_flags.DEFINE_float("seconds", 2.0, "Audio that the fused op speaks in each run.", flag_values=flags)
    absl_flags.DEFINE_integer("repeats", 5, "Timed runs of each rung; the median counts.", 1, flag_values=flags)
    absl_flags.DEFINE_integer("seed", 0, "Seed of weights, inputs and draws.", 0, flag_values=flags)
    absl_flags.DEFINE_string("json", "", "File that receives everything measured.", flag_values=flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Times."""
    if flags.preset and flags.voice:
        raise commands.UsageError("bench: give either --voice or --preset")
    unknown = sorted(set(flags.rungs) - set(RUNGS))
    if unknown:
        raise commands.UsageError(f"bench: no rung is called {', '.join(unknown)}; there are {', '.join(RUNGS)}")
    target = options.output_file(flags.json) if flags.json else None
    path = None if flags.preset else options.voice_path(flags)
    os.environ["KERAS_BACKEND"] = "tensorflow"  # The naive rung is the training model in a TensorFlow loop.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    from tf_wavenet import native
    from tf_wavenet.ops.library import import_tensorflow

    import_tensorflow()  # Which says how to install it.
    from tf_wavenet.bench import machine, report, subject
    from tf_wavenet.bench import run as ladder

    with tempfile.TemporaryDirectory() as folder:
        inputs = {"seconds": flags.seconds, "seed": flags.seed, "isa": flags.isa}
        if flags.preset:
            config = VoiceConfig(audio=AudioConfig(), model=preset(flags.preset))
            measured = subject.random_subject(flags.preset, config, pathlib.Path(folder), **inputs)
        else:
            measured = subject.voice_subject(path, **inputs)
        model, about = measured.config.model, machine.describe()
        print(", ".join(f"{key} {value}" for key, value in about.items()))
        print(
            f"{measured.name}: layers {model.layers}, residual {model.residual_channels}, skip {model.skip_channels}, "
            f"output {model.output_channels}; {model.weights_per_sample:,} multiply-adds per sample, "
            f"{measured.config.audio.sample_rate_hz} Hz",
            flush=True,
        )
        results = ladder.run(measured, flags.rungs, flags.repeats)
        print(report.table(results))
        print(report.floor_line(results, flags.isa or native.best_isa()))
        if target:
            target.write_text(json.dumps(report.as_dict(measured, results, about), indent=2) + "\n", encoding="utf-8")
            print(f"wrote {target}")
