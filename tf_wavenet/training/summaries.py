"""TensorBoard events, written where the `tensorboard` package is installed and dropped silently where it is not."""

import io
import logging
import os
import tempfile
import time
from collections.abc import Mapping

import numpy as np

from tf_wavenet import audio, native
from tf_wavenet.config import VoiceConfig
from tf_wavenet.training.data import Recording

logger = logging.getLogger(__name__)

SAMPLE_SECONDS = 3.0


class Summaries:
    """Writes scalars and audio of one run into `folder`."""

    def __init__(self, folder: str | os.PathLike):
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError:
            self._writer = None
            return
        self._event, self._summary = event_pb2.Event, summary_pb2.Summary
        self._writer = EventFileWriter(str(folder))

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Adds one event with a scalar for each item of `values`."""
        if self._writer:
            self._add(step, [self._summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])

    def audio(self, step: int, voice: VoiceConfig, tensors: Mapping[str, np.ndarray], recording: Recording) -> None:
        """Adds the first seconds of `recording`, spoken freely by the engine from its features."""
        if not self._writer:
            return
        from tf_wavenet import export

        frames = round(SAMPLE_SECONDS * voice.audio.sample_rate_hz / voice.audio.hop_samples)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "voice.gguf")
            export.export_voice(voice, tensors, path, name=f"step {step}")
            try:
                levels = native.generate(path, recording.mel[:frames], speaker=recording.speaker, seed=0).samples[0]
            except RuntimeError as error:  # Weights gone wild: no reason to end the training that may tame them.
                logger.warning("no audio at step %d: %s", step, error)
                return
        rate_hz = voice.audio.sample_rate_hz
        encoded = _wav_bytes(audio.to_audio(levels, voice), rate_hz)
        clip = self._summary.Audio(
            sample_rate=rate_hz,
            num_channels=1,
            length_frames=levels.size,
            encoded_audio_string=encoded,
            content_type="audio/wav",
        )
        self._add(step, [self._summary.Value(tag="copy_synthesis", audio=clip)])

    def _add(self, step: int, values: list) -> None:
        self._writer.add_event(self._event(step=step, wall_time=time.time(), summary=self._summary(value=values)))
        self._writer.flush()


def _wav_bytes(waveform: np.ndarray, rate_hz: int) -> bytes:
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, waveform, rate_hz, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
