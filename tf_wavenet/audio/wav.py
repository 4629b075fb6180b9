"""Audio files in and out, by soundfile; resampling by soxr."""

import logging
import os
import pathlib

import numpy as np

logger = logging.getLogger(__name__)


def read_wav(path: str | os.PathLike, sample_rate_hz: int, *, warn: bool = True) -> np.ndarray:
    """Reads an audio file as mono at the wanted rate. Mixing down and resampling are logged as warnings.

    Args:
      path: any file that libsndfile reads (wav, flac, ogg, ...).
      sample_rate_hz: the rate of the result.
      warn: False = log nothing: for one who reads a file again.

    Returns:
      float32 `[num_samples]`, nominally in [-1, 1].

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is not audio, is empty or holds values that are not finite.
    """
    import soundfile

    if not pathlib.Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such audio file")
    try:
        audio, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path}: not an audio file that can be read ({error.error_string})") from error
    except TypeError as error:  # What soundfile takes for headerless by its suffix.
        raise ValueError(f"{path}: not an audio file that can be read (no header tells its rate)") from error
    if audio.shape[0] == 0:
        raise ValueError(f"{path}: holds no samples")
    if not np.isfinite(audio).all():
        raise ValueError(f"{path}: holds samples that are not finite")
    if warn and audio.shape[1] > 1:
        logger.warning("%s: mixed %d channels down to mono", path, audio.shape[1])
    mono = audio.mean(axis=1)
    if rate_hz != sample_rate_hz:
        import soxr

        if warn:
            logger.warning("%s: resampled from %d Hz to %d Hz", path, rate_hz, sample_rate_hz)
        mono = soxr.resample(mono, rate_hz, sample_rate_hz)
        if mono.size == 0:
            raise ValueError(f"{path}: too short to be resampled to {sample_rate_hz} Hz")
    return np.ascontiguousarray(mono, np.float32)


def check_container(path: str | os.PathLike) -> None:
    """Checks that a file of this name can hold 16-bit audio and its rate.

    Args:
      path: as in `write_wav`; nothing is written.

    Raises:
      ValueError: if its suffix names no container that soundfile writes, or one without a header.
    """
    import soundfile

    suffix = pathlib.Path(path).suffix
    container = suffix[1:].upper()
    if container == "RAW":
        raise ValueError(f"{path}: a {suffix} file has no header to tell the rate, must be .wav or .flac, say")
    if container not in soundfile.available_formats() or not soundfile.check_format(container, "PCM_16"):
        raise ValueError(f"{path}: the suffix {suffix!r} names no format of 16-bit audio, must be .wav or .flac, say")


def write_wav(path: str | os.PathLike, audio: np.ndarray, sample_rate_hz: int) -> None:
    """Writes mono audio as 16-bit PCM; values outside [-1, 1] are clipped.

    Args:
      path: target; its folder must exist, its suffix names the container (.wav, .flac).
      audio: float `[num_samples]`.
      sample_rate_hz: rate written into the header.

    Raises:
      ValueError: if `audio` is not one-dimensional, `check_container` refuses `path`, or the file cannot be written.
    """
    import soundfile

    if np.asarray(audio).dtype.kind != "f":
        raise ValueError(
            f"audio is {np.asarray(audio).dtype}, must be float in [-1, 1] (audio.decode makes it of levels)"
        )
    audio = np.asarray(audio, np.float32)
    if audio.ndim != 1:
        raise ValueError(f"audio has shape {list(audio.shape)}, must be [num_samples]")
    check_container(path)
    try:
        soundfile.write(path, np.clip(audio, -1.0, 1.0), sample_rate_hz, subtype="PCM_16")
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path}: cannot be written ({error})") from error
