"""Tells what a sample costs, and how fast it can be at best: the cost model of the talk, for any sizes.

    tf-wavenet cost                                            # the three sizes, three precisions, this machine
    tf-wavenet cost --voice=voice.gguf --rate=24000
    tf-wavenet cost --layers=30 --residual_channels=96 --precisions=int8 --nomeasure
    tf-wavenet cost --preset=large --precisions=f32 --peak=38.5 --bandwidth=20 --cores=20
    tf-wavenet cost --samplernn                                # the talk's other vocoder, 3 GRUs of 1024

Three tables. What a step (one sample) computes: its multiply-adds, which are also its weights, and the talk's formula
beside them. What it moves, and what a voice file and a state hold, to the byte. And the
bound: the time that a core takes for the multiply-adds alone, by the best instruction of the ISA, and for reading the
streamed bytes alone, from whichever cache holds as many; the longer of the two, and what multiple of real time that is.
A bound, not a measurement of the engine: `tf-wavenet bench --floor` sets the engine beside it.

Sizes come from --preset, --voice or --config; flags such as --layers override them, or the small preset if none of the
three is given. --peak and --bandwidth tell of another machine; what is not given is measured on one core of this one,
unless --nomeasure. Nothing else should run meanwhile.
"""

import dataclasses
import json
import os
import pathlib

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options
from tf_wavenet.commands.train import voice_config
from tf_wavenet.config import PRESETS, AudioConfig, WaveNetConfig
from tf_wavenet.cost import NUMBER_BYTES, Limits, SampleRNNConfig, SampleRNNVocoder, WaveNetVocoder

# Fields of WaveNetConfig that a cost depends on, each a flag; "layers" is SampleRNN's too.
SIZES = {
    "layers": "Layers; of --samplernn, GRUs (default 3).",
    "residual_channels": "Residual channels, r.",
    "skip_channels": "Skip channels, s.",
    "output_channels": "Output channels, a.",
    "dilation_cycle": "Layers after which dilations begin again from 1.",
    "conditioning_channels": "Features of a frame, C.",
    "conditioning_context": "Frames on each side that a frame's projection sees, k.",
}
_SOURCES = ("preset", "voice", "config")
_WAVENET_FLAGS = (*_SOURCES, *(name for name in SIZES if name != "layers"), "hop_samples")


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    absl_flags.DEFINE_enum("preset", None, list(PRESETS), "Sizes; all three if no sizes are given.", flag_values=flags)
    absl_flags.DEFINE_string("voice", "", "Voice file whose sizes and rate to take.", flag_values=flags)
    absl_flags.DEFINE_string(
        "config",
        "",
        'JSON file of a voice, as train reads it: {"audio": {...}, "model": {...}}, each part optional.',
        flag_values=flags,
    )
    for name, meaning in SIZES.items():
        absl_flags.DEFINE_integer(name, None, meaning, flag_values=flags)
    absl_flags.DEFINE_integer("hop_samples", None, "Samples in a frame.", 1, flag_values=flags)
    absl_flags.DEFINE_integer(
        "rate", None, "Samples per second; if not given, the voice's or config's, else 16000.", 1, flag_values=flags
    )
    absl_flags.DEFINE_bool("samplernn", False, "A SampleRNN by the talk's formula, no WaveNet.", flag_values=flags)
    absl_flags.DEFINE_integer("width", None, "Of --samplernn: of each GRU (default 1024).", flag_values=flags)
    absl_flags.DEFINE_list("precisions", list(NUMBER_BYTES), "Which ones.", flag_values=flags)
    absl_flags.DEFINE_bool("measure", True, "Measure those limits that are not given.", flag_values=flags)
    for name, meaning in (("peak", "multiply-adds"), ("bandwidth", "bytes")):
        absl_flags.DEFINE_list(
            name,
            None,
            f"10^9 {meaning} per second of one core: one number, or one for each of --precisions.",
            flag_values=flags,
        )
    absl_flags.DEFINE_integer(
        "cores",
        None,
        "Also give that many times one core's bound; if not given, this machine's where it is measured.",
        1,
        flag_values=flags,
    )
    absl_flags.DEFINE_enum(
        "isa", "", options.ISAS, "Instruction set to measure with; empty = the best there is.", flag_values=flags
    )
    absl_flags.DEFINE_string("json", "", "File to write the same into.", flag_values=flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Counts, measures, prints."""
    _check_flags(flags)
    given = [
        Limits(g_multiply_adds_per_s=peak, gb_per_s=bandwidth)
        for peak, bandwidth in zip(_for_each_precision(flags, "peak"), _for_each_precision(flags, "bandwidth"))
    ]
    target = options.output_file(flags.json) if flags.json else None
    vocoders = {"SampleRNN": _samplernn(flags)} if flags.samplernn else _wavenets(flags)

    from tf_wavenet.bench import cost_table

    meter = machine = None
    if flags.measure and any(None in dataclasses.astuple(limits) for limits in given):
        from tf_wavenet.bench import machine as this_machine
        from tf_wavenet.bench.cost_limits import CostLimits

        meter, machine = CostLimits(options.resolved_isa(flags.isa)), this_machine.describe()
        print(", ".join(f"{key} {value}" for key, value in machine.items()) + "\n", flush=True)
    models = []
    for name, vocoder in vocoders.items():
        costs = [vocoder.cost(precision) for precision in flags.precisions]
        limits = [meter(*pair) for pair in zip(costs, given)] if meter else given
        steps = [cost_table.Step(cost=cost, limits=known) for cost, known in zip(costs, limits)]
        models.append(cost_table.Costed(name=name, vocoder=vocoder, steps=steps))
    cores = flags.cores or (len(os.sched_getaffinity(0)) if meter else 1)
    print(cost_table.report(models, cores))
    if target:
        content = cost_table.as_dict(models, cores, machine)
        target.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {target}")


def _check_flags(flags: absl_flags.FlagValues) -> None:
    foreign = _WAVENET_FLAGS if flags.samplernn else ("width",)
    for name in foreign:
        if flags[name].present:
            raise commands.UsageError(f"cost: --{name} goes {'without' if flags.samplernn else 'with'} --samplernn")
    if flags.voice and (flags.preset or flags.config):
        raise commands.UsageError(f"cost: give either --voice or --{'preset' if flags.preset else 'config'}")
    unknown = sorted(set(flags.precisions) - set(NUMBER_BYTES))
    if unknown or not flags.precisions:
        raise commands.UsageError(
            f"cost: no precision is called {', '.join(unknown) or 'nothing'}; there are {', '.join(NUMBER_BYTES)}"
        )


def _for_each_precision(flags: absl_flags.FlagValues, name: str) -> list[float | None]:
    """Returns the numbers of a flag; one stands for all precisions, none for None."""
    texts = flags[name].value or []
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        raise commands.UsageError(f"cost: --{name}={','.join(texts)}: must be numbers") from None
    count = len(flags.precisions)
    if not all(0 < number < float("inf") for number in numbers):
        raise commands.UsageError(f"cost: --{name}={','.join(texts)}: must be positive and finite")
    if len(numbers) not in (0, 1, count):
        raise commands.UsageError(
            f"cost: --{name} has {len(numbers)} numbers, must have one, or one for each of {count} precisions"
        )
    return numbers if len(numbers) == count else (numbers or [None]) * count


def _samplernn(flags: absl_flags.FlagValues) -> SampleRNNVocoder:
    sizes = {name: flags[name].value for name in ("layers", "width") if flags[name].value is not None}
    rate_hz = flags.rate or AudioConfig.sample_rate_hz
    return SampleRNNVocoder(sizes=SampleRNNConfig(**sizes), sample_rate_hz=rate_hz)


def _wavenets(flags: absl_flags.FlagValues) -> dict[str, WaveNetVocoder]:
    """Returns what the flags describe, by name."""
    sizes = {name: flags[name].value for name in SIZES if flags[name].value is not None}
    if sizes or any(flags[name].value for name in _SOURCES):
        voices = [_named_voice(flags)]
    else:
        voices = [(name, AudioConfig(), model) for name, model in PRESETS.items()]
    vocoders = {}
    for name, audio, model in voices:
        model = dataclasses.replace(model, **sizes)
        if sizes:  # As papers name them.
            name = f"{model.layers}/{model.residual_channels}/{model.skip_channels}"
        vocoders[name] = WaveNetVocoder(
            sizes=model,
            sample_rate_hz=flags.rate or audio.sample_rate_hz,
            hop_samples=flags.hop_samples or audio.hop_samples,
        )
    return vocoders


def _named_voice(flags: absl_flags.FlagValues) -> tuple[str, AudioConfig, WaveNetConfig]:
    """Returns what --preset, --voice or --config describe, with a name; without any of them the small preset."""
    if flags.voice:
        from tf_wavenet.export import read_config

        path = options.existing_voice(flags.voice)
        voice = read_config(path)
    else:
        path = pathlib.Path(flags.config or flags.preset or "small")
        voice = voice_config(flags.config, flags.preset)
    return path.stem, voice.audio, voice.model
