"""Flags that several commands share, and checks of paths before any work is done."""

import os
import pathlib
import tempfile

from absl import flags as absl_flags

from tf_wavenet import commands

ISAS = ("", "scalar", "avx2", "avx512", "avx512vnni")
NONLINEARITIES = ("", "libm", "rational", "fixed")
MAX_THREADS = 256  # The engine's limit.


def define_voice(flags: absl_flags.FlagValues) -> None:
    """Defines --voice."""
    absl_flags.DEFINE_string(
        "voice", "", "Voice file, or the name of a packaged voice; empty = the packaged default.", flag_values=flags
    )


def define_generation(flags: absl_flags.FlagValues) -> None:
    """Defines --seed, --temperature, --speaker, --num_threads, --isa and --nonlinearities."""
    absl_flags.DEFINE_integer("seed", 0, "Seed of the draws; the same seed gives the same samples.", flag_values=flags)
    absl_flags.DEFINE_float(
        "temperature",
        None,
        "Divides the logits: below 1 is cleaner and duller; none given = the voice's own.",
        flag_values=flags,
    )
    absl_flags.DEFINE_string(
        "speaker", "", "Name of one of the voice's speakers; empty = the first.", flag_values=flags
    )
    absl_flags.DEFINE_integer(
        "num_threads",
        0,
        "Threads; 0 = one for each physical core that the process may use.",
        0,
        MAX_THREADS,
        flag_values=flags,
    )
    absl_flags.DEFINE_enum("isa", "", ISAS, "Instruction set; empty = the best there is.", flag_values=flags)
    absl_flags.DEFINE_enum(
        "nonlinearities",
        "",
        NONLINEARITIES,
        "How tanh, sigmoid and exp are computed; empty = the voice's own.",
        flag_values=flags,
    )


def generation_arguments(flags: absl_flags.FlagValues) -> dict:
    """Returns the values of `define_generation`'s flags as keyword arguments of `native.generate`; `isa` is resolved.

    Raises:
      ValueError: if the seed is not an int64, the temperature not positive and finite, or TF_WAVENET_ISA no ISA.
      RuntimeError: if this CPU lacks the ISA.
    """
    if not -(1 << 63) <= flags.seed < 1 << 63:
        raise ValueError(f"seed is {flags.seed}, must be in [-2^63, 2^63)")
    if flags.temperature is not None and not 0.0 < flags.temperature < float("inf"):
        raise ValueError(f"temperature is {flags.temperature:g}, must be positive and finite")
    arguments = {
        name: flags[name].value for name in ("seed", "temperature", "speaker", "num_threads", "nonlinearities")
    }
    return {**arguments, "isa": resolved_isa(flags.isa)}


def resolved_isa(isa: str) -> str:
    """Returns `isa`, or what "" stands for (`native.best_isa`, and its errors); raises `RuntimeError` if the CPU lacks
    it."""
    from tf_wavenet import native

    if not isa:
        return native.best_isa()
    available = native.available_isas()
    if isa not in available:
        raise RuntimeError(f"isa is {isa!r}, which this CPU cannot run; available: {','.join(available)}")
    return isa


def voice_path(flags: absl_flags.FlagValues) -> pathlib.Path:
    """Returns the voice file that --voice names; raises `FileNotFoundError` if it is missing."""
    return existing_voice(flags.voice)


def existing_voice(path: str) -> pathlib.Path:
    """Returns `path`; that of the default voice if it is empty, of a packaged one if it is no file but its name.

    Raises:
      FileNotFoundError: if there is no such file.
    """
    from tf_wavenet import voices

    if not path:
        return voices.default_voice_path()
    if pathlib.Path(path).is_file():
        return pathlib.Path(path)
    shipped = voices.shipped()
    if path not in shipped:
        raise FileNotFoundError(f"{path}: no such voice file; packaged voices are {', '.join(shipped)}")
    return shipped[path]


def required(flags: absl_flags.FlagValues, name: str) -> str:
    """Returns the value of a flag that has no default; raises `UsageError` if it was not given."""
    value = flags[name].value
    if not value:
        raise commands.UsageError(f"--{name} is missing: {flags[name].help}")
    return value


def output_file(path: str | os.PathLike) -> pathlib.Path:
    """Returns `path`, a file to be written; leaves it, and its folder, as they are.

    Raises:
      FileNotFoundError: if its folder does not exist.
      PermissionError: if it cannot be written, or made in its folder.
      ValueError: if it is a folder.
    """
    target = pathlib.Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target}: the folder {target.parent} does not exist")
    if target.is_dir():
        raise ValueError(f"{target}: is a folder, must be a file")
    if target.exists():
        if not os.access(target, os.W_OK):
            raise PermissionError(f"{target}: cannot be written")
        return target
    _try_to_make_a_file(target.parent, f"{target}: no file can be made in the folder {target.parent}")
    return target


def output_folder(path: str | os.PathLike) -> pathlib.Path:
    """Returns `path`, a folder to write files into, which the caller makes if it is missing; nothing is made here.

    Raises:
      NotADirectoryError: if it, or one that it would lie in, is not a folder.
      PermissionError: if no file can be made in it, or it cannot be made.
    """
    folder = pathlib.Path(path)
    there = next(part for part in (folder, *folder.absolute().parents) if os.path.lexists(part))
    if not there.is_dir():
        raise NotADirectoryError(f"{folder}: {there} is not a folder")
    _try_to_make_a_file(there, f"{folder}: nothing can be made in the folder {there}")
    return folder


def _try_to_make_a_file(folder: pathlib.Path, message: str) -> None:
    try:
        # Tried, not asked for: to root os.access grants every folder, even one of /proc.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise PermissionError(message) from error


def quiet_tensorflow() -> None:
    """Spares the user TensorFlow's notes on its build, oneDNN's too: for commands where it computes nothing itself."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
