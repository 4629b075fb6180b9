"""Flags that several commands share, and checks of paths before any work is done."""

import os
import pathlib

from absl import flags as absl_flags

from tf_wavenet import commands

ISAS = ("", "scalar", "avx2", "avx512", "avx512vnni")


def define_voice(flags: absl_flags.FlagValues) -> None:
    """Defines --voice."""
    absl_flags.DEFINE_string("voice", "", "Voice file; empty = the one that comes with the package.", flag_values=flags)


def define_generation(flags: absl_flags.FlagValues) -> None:
    """Defines --seed, --temperature, --num_threads and --isa."""
    absl_flags.DEFINE_integer("seed", 0, "Seed of the draws; the same seed gives the same samples.", flag_values=flags)
    absl_flags.DEFINE_float("temperature", 1.0, "Divides the logits: below 1 is cleaner and duller.", flag_values=flags)
    absl_flags.DEFINE_integer("num_threads", 0, "Threads; 0 = as the machine allows.", 0, flag_values=flags)
    absl_flags.DEFINE_enum("isa", "", ISAS, "Instruction set; empty = the best there is.", flag_values=flags)


def generation_arguments(flags: absl_flags.FlagValues) -> dict:
    """Returns the values of `define_generation`'s flags as keyword arguments of `native.generate`.

    Raises:
      ValueError: if the seed is not an int64 or the temperature not positive and finite.
    """
    if not -(1 << 63) <= flags.seed < 1 << 63:
        raise ValueError(f"seed is {flags.seed}, must be in [-2^63, 2^63)")
    if not 0.0 < flags.temperature < float("inf"):
        raise ValueError(f"temperature is {flags.temperature:g}, must be positive and finite")
    return {name: flags[name].value for name in ("seed", "temperature", "num_threads", "isa")}


def voice_path(flags: absl_flags.FlagValues) -> pathlib.Path:
    """Returns the voice file that --voice names; raises `FileNotFoundError` if it is missing."""
    return existing_voice(flags.voice)


def existing_voice(path: str) -> pathlib.Path:
    """Returns `path`, or that of the packaged voice if it is empty; raises `FileNotFoundError` if it is missing."""
    from tf_wavenet import voices

    if not path:
        return voices.default_voice_path()
    if not pathlib.Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such voice file")
    return pathlib.Path(path)


def required(flags: absl_flags.FlagValues, name: str) -> str:
    """Returns the value of a flag that has no default; raises `UsageError` if it was not given."""
    value = flags[name].value
    if not value:
        raise commands.UsageError(f"--{name} is missing: {flags[name].help}")
    return value


def output_file(path: str) -> pathlib.Path:
    """Returns `path`, a file to be written.

    Raises:
      FileNotFoundError: if its folder does not exist.
      ValueError: if it is a folder.
    """
    target = pathlib.Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target}: the folder {target.parent} does not exist")
    if target.is_dir():
        raise ValueError(f"{target}: is a folder, must be a file")
    return target


def quiet_tensorflow() -> None:
    """Spares the user TensorFlow's notes on its build, oneDNN's too: for commands where it computes nothing itself."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
