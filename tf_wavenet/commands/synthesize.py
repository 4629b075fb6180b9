"""Speaks the mel features of recordings (copy synthesis) or of files, and writes wavs.

    tf-wavenet synthesize in.wav --output=out.wav
    tf-wavenet synthesize recordings mel.npy --output_dir=spoken --batch_size=16
    tf-wavenet synthesize --voice=voice.gguf --mel=mel.npy --output=out.wav --seed=7 --temperature=0.8

Inputs are files, and folders, which stand for the recordings and .npy files in them (not in folders within). One input
may go to --output; with --output_dir each goes to a wav of its own, named like it. All are checked before the first is
spoken. They are spoken --batch_size at a time, in calls of the engine that they share, longest first; each sounds as it
does alone with the same seed, bit for bit, and is written as soon as it ends.

A recording of another rate is resampled, one of several channels mixed down, and both are said. From a recording, the
output has as many samples as the input at the voice's rate, and is as loud: a voice that was trained at one loudness
hears the recording at it, and what it says is brought back. From mel features there are hop_samples for each frame, at
the loudness that they have. A mel file
is a NumPy array, float [frames, channels], of the natural-log features that the voice was trained on ('tf-wavenet
info' prints their parameters).
"""

import dataclasses
import pathlib
import time
from collections.abc import Iterator

import numpy as np
from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options, outputs
from tf_wavenet.commands.sources import Source, find_sources

CHUNK_SECONDS = 0.5  # Long enough that a call's overhead does not count, short enough for a live progress bar.
PROGRESS = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f}/{total:.1f} s of audio [{elapsed}<{remaining}]"


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_string("input", "", "Recording to speak again (wav, flac, ...).", flag_values=flags)
    absl_flags.DEFINE_string("mel", "", "Mel features to speak, a .npy file of any suffix.", flag_values=flags)
    absl_flags.DEFINE_string("output", "", "Wav file to write, for one input.", flag_values=flags)
    absl_flags.DEFINE_string(
        "output_dir", "", "Folder to write a wav for each input into; made if missing.", flag_values=flags
    )
    absl_flags.DEFINE_integer(
        "batch_size", 32, "Utterances spoken at a time, at most; memory grows with it.", 1, flag_values=flags
    )
    absl_flags.DEFINE_enum(
        "engine", "native", ["native", "op"], "The engine by itself, or as TensorFlow op.", flag_values=flags
    )
    options.define_generation(flags)


@dataclasses.dataclass(frozen=True)
class Utterance:
    """What is spoken, where it is written, and how many samples that will be."""

    source: Source
    output: pathlib.Path
    num_samples: int


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Speaks."""
    check_usage(flags, arguments)
    generation = options.generation_arguments(flags)
    voice_path = options.voice_path(flags)
    sources = (
        find_sources(arguments) if arguments else [Source(pathlib.Path(flags.input or flags.mel), bool(flags.mel))]
    )
    inputs = [source.path for source in sources]
    files = outputs.audio_files(flags.output_dir, inputs) if flags.output_dir else [outputs.audio_file(flags.output)]
    outputs.refuse_overwriting(inputs, files)
    options.quiet_tensorflow()

    import tqdm

    from tf_wavenet import native
    from tf_wavenet.export import read_config

    voice = native.load_voice(voice_path)
    config = read_config(voice_path)
    config.model.speaker_index(generation["speaker"])  # Before files are looked at.
    with tqdm.tqdm(sources, desc="checking", unit="file", disable=len(sources) == 1) as checking:
        utterances = [
            Utterance(source, file, source.check(voice.info, config.audio)) for source, file in zip(checking, files)
        ]
    if flags.output_dir:
        pathlib.Path(flags.output_dir).mkdir(parents=True, exist_ok=True)

    num_samples, rate_hz = sum(utterance.num_samples for utterance in utterances), voice.info.sample_rate_hz
    with tqdm.tqdm(total=num_samples / rate_hz, unit="s", desc="speaking", bar_format=PROGRESS) as progress:
        seconds = sum(
            speak(batch, voice, config, progress, engine=flags.engine, **generation)
            for batch in batches(utterances, flags.batch_size)
        )
    written = files[0] if len(files) == 1 else f"{len(files)} files to {flags.output_dir}"
    print(f"wrote {written}: {num_samples} samples, {num_samples / rate_hz:.2f} s at {rate_hz} Hz")
    factor = num_samples / rate_hz / seconds
    print(f"spoken in {seconds:.2f} s, {factor:.2f} times real time ({flags.engine}, {generation['isa']})")


def check_usage(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Raises `UsageError` unless there is one way in and one way out, fit for each other."""
    if bool(arguments) + bool(flags.input) + bool(flags.mel) != 1:
        raise commands.UsageError(
            "synthesize: give either --input (a recording) or --mel (features), or files and folders without a flag"
        )
    if not flags.output and not flags.output_dir:
        raise commands.UsageError("synthesize: --output is missing (a wav file; for several inputs --output_dir)")
    if flags.output and flags.output_dir:
        raise commands.UsageError("synthesize: give --output or --output_dir, not both")
    if flags.output and (len(arguments) > 1 or any(pathlib.Path(argument).is_dir() for argument in arguments)):
        what = f"{len(arguments)} inputs" if len(arguments) > 1 else f"{arguments[0]}, a folder,"
        raise commands.UsageError(f"synthesize: --output takes one file, {what} must go to --output_dir")


def batches(utterances: list[Utterance], batch_size: int) -> Iterator[list[Utterance]]:
    """Yields the utterances in groups of nearly equal lengths, so that few calls are short of rows.

    The longest come first: should memory not suffice for a batch, that is seen at once.
    """
    by_length = sorted(utterances, key=lambda utterance: utterance.num_samples, reverse=True)
    for first in range(0, len(by_length), batch_size):
        yield by_length[first : first + batch_size]


def speak(batch: list[Utterance], voice, config, progress, **arguments) -> float:
    """Speaks utterances together and writes each when it ends.

    Args:
      batch: the utterances.
      voice: `native.Voice`.
      config: the voice's `VoiceConfig`.
      progress: a tqdm bar of seconds of audio.
      **arguments: of `synthesis.speak_batch`.

    Returns:
      The seconds that speaking took, without reading and writing.
    """
    from tf_wavenet import audio, synthesis

    rate_hz, hop = voice.info.sample_rate_hz, voice.info.hop_samples
    mels, lengths, gains = zip(*(utterance.source.read(voice.info, config.audio) for utterance in batch))
    chunk_frames = max(1, round(CHUNK_SECONDS * rate_hz / hop))
    chunks = synthesis.speak_batch(voice, mels, chunk_frames=chunk_frames, **arguments)
    spoken, left = [[] for _ in batch], list(lengths)
    seconds, started = 0.0, time.perf_counter()
    for chunk in chunks:
        seconds += time.perf_counter() - started
        progress.update(sum(min(levels.size, left[row]) for row, levels in chunk.items()) / rate_hz)
        for row, levels in chunk.items():
            spoken[row].append(levels)
            left[row] -= levels.size
            if left[row] <= 0:
                whole = np.concatenate(spoken[row])[: lengths[row]]
                audio.write_wav(batch[row].output, audio.to_audio(whole, config) / np.float32(gains[row]), rate_hz)
                spoken[row].clear()
        started = time.perf_counter()
    return seconds
