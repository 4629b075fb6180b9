"""Speaks the mel features of a recording (copy synthesis) or of a file, and writes a wav.

    tf-wavenet synthesize --input=in.wav --output=out.wav
    tf-wavenet synthesize --voice=voice.gguf --mel=mel.npy --output=out.wav --seed=7 --temperature=0.8

A recording of another rate is resampled, one of several channels mixed down, and both are said. From a recording, the
output has as many samples as the input at the voice's rate; from mel features, hop_samples for each frame. A mel file
is a NumPy array, float [frames, channels], of the natural-log features that the voice was trained on ('tf-wavenet
info' prints their parameters).
"""

import logging
import pathlib
import time

import numpy as np
from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options

logger = logging.getLogger(__name__)

LOWEST_LOG_MEL, HIGHEST_LOG_MEL = -28.0, 6.0  # ln(1e-12), the lowest floor; full scale reaches about ln(100).
CHUNK_SECONDS = 0.5  # Long enough that a call's overhead does not count, short enough for a live progress bar.
PROGRESS = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f}/{total:.1f} s of audio [{elapsed}<{remaining}]"


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_string("input", "", "Recording to speak again (wav, flac, ...).", flag_values=flags)
    absl_flags.DEFINE_string("mel", "", "Mel features to speak, a .npy file; in place of --input.", flag_values=flags)
    absl_flags.DEFINE_string("output", "", "Wav file to write.", flag_values=flags)
    absl_flags.DEFINE_enum(
        "engine", "native", ["native", "op"], "The engine by itself, or as TensorFlow op.", flag_values=flags
    )
    options.define_generation(flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Speaks."""
    if bool(flags.input) == bool(flags.mel):
        raise commands.UsageError("synthesize: give either --input (a recording) or --mel (features)")
    output = audio_file(options.required(flags, "output"))
    generation = options.generation_arguments(flags)
    path = options.voice_path(flags)
    options.quiet_tensorflow()

    import tqdm

    from tf_wavenet import audio, native, synthesis

    voice = native.load_voice(path)
    mel, num_samples = read_mel(flags.mel, voice.info) if flags.mel else read_recording(flags.input, path)
    rate_hz, hop = voice.info.sample_rate_hz, voice.info.hop_samples
    chunk_frames = max(1, round(CHUNK_SECONDS * rate_hz / hop))
    chunks = synthesis.speak(voice, mel, engine=flags.engine, chunk_frames=chunk_frames, **generation)
    levels = []
    started = time.perf_counter()
    with tqdm.tqdm(total=num_samples / rate_hz, unit="s", desc="speaking", bar_format=PROGRESS) as progress:
        for chunk in chunks:
            levels.append(chunk)
            progress.update(min(chunk.size / rate_hz, progress.total - progress.n))
    seconds = time.perf_counter() - started
    waveform = audio.decode(np.concatenate(levels)[:num_samples], voice.info.output_channels)
    audio.write_wav(output, waveform, rate_hz)
    factor = len(mel) * hop / rate_hz / seconds
    print(f"wrote {output}: {num_samples} samples, {num_samples / rate_hz:.2f} s at {rate_hz} Hz")
    print(f"spoken in {seconds:.2f} s, {factor:.2f} times real time ({flags.engine}, {generation['isa']})")


def audio_file(path: str) -> pathlib.Path:
    """Returns `path`, a recording to be written; raises what `options.output_file` and `check_container` do."""
    from tf_wavenet.audio.wav import check_container

    output = options.output_file(path)
    check_container(output)
    return output


def read_recording(path: str, voice_path: pathlib.Path) -> tuple[np.ndarray, int]:
    """Returns a recording's features, float32 `[F, C]`, and its length in samples at the voice's rate."""
    from tf_wavenet import audio
    from tf_wavenet.export import read_config

    config = read_config(voice_path)
    waveform = audio.read_wav(path, config.audio.sample_rate_hz)
    return audio.log_mel(waveform, config.audio), waveform.size


def read_mel(path: str, info) -> tuple[np.ndarray, int]:
    """Returns the features in a .npy file, float32 `[F, C]`, and the number of samples that they make.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is not a .npy file, or `synthesis.check_conditioning` refuses its content.
    """
    from tf_wavenet import synthesis

    if not pathlib.Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such mel file")
    try:
        mel = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError) as error:
        raise ValueError(f"{path}: not a .npy file that can be read ({error})") from error
    mel = synthesis.check_conditioning(mel, info, name=path)
    if mel.min() < LOWEST_LOG_MEL or mel.max() > HIGHEST_LOG_MEL:
        logger.warning(
            "%s: values span %.3g .. %.3g, natural-log mel features lie in %g .. %g: are they linear, or in dB?",
            path,
            mel.min(),
            mel.max(),
            LOWEST_LOG_MEL,
            HIGHEST_LOG_MEL,
        )
    return mel, len(mel) * info.hop_samples
