"""What "--model" names: sizes with random weights, or a voice file."""

import dataclasses
import pathlib
from collections.abc import Sequence

from tf_wavenet import native
from tf_wavenet.bench import subject
from tf_wavenet.bench.subject import Subject
from tf_wavenet.config import PRESETS, AudioConfig, VoiceConfig, preset


def audio_at(rate_hz: int) -> AudioConfig:
    """Returns the default features at another sample rate: as many frames in a second, the same mel bands."""
    default = AudioConfig()
    factor = rate_hz / default.sample_rate_hz
    fft_size = default.fft_size
    while fft_size < default.window_samples * factor:
        fft_size *= 2
    return dataclasses.replace(
        default,
        sample_rate_hz=rate_hz,
        hop_samples=max(1, round(default.hop_samples * factor)),
        window_samples=max(1, round(default.window_samples * factor)),
        fft_size=fft_size,
        mel_max_hz=min(default.mel_max_hz, rate_hz / 2),
    )


def subjects(
    name: str, precisions: Sequence[str], rate_hz: int | None, folder: pathlib.Path, **inputs
) -> dict[str, Subject]:
    """Returns a model in each precision.

    Args:
      name: a preset, whose weights are random, or the path of a voice file, which has one precision.
      precisions: wanted ones; of a voice file its own is all that there is.
      rate_hz: sample rate of a preset, None = the default; of a voice: as if it spoke at that rate.
      folder: where voice files of random weights go.
      **inputs: as `subject.voice_subject` takes them.

    Raises:
      FileNotFoundError, ValueError: as `native.load_voice`, or if the voice has none of `precisions`.
    """
    if name in PRESETS:
        config = VoiceConfig(audio=audio_at(rate_hz) if rate_hz else AudioConfig(), model=preset(name))
        return {p: subject.random_subject(name, config, folder, precision=p, **inputs) for p in precisions}
    info = native.voice_info(name)
    if info.precision not in precisions:
        raise ValueError(f"{name} is an {info.precision} voice, must be one of {', '.join(precisions)}")
    made = subject.voice_subject(pathlib.Path(name), **inputs)
    return {info.precision: dataclasses.replace(made, rate_hz=rate_hz) if rate_hz else made}
