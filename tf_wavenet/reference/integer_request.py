"""The arguments of `IntegerReference.generate`, checked and in one shape."""

import numpy as np

from tf_wavenet.arguments import speaker_rows
from tf_wavenet.config import VoiceConfig


class IntegerRequest:
    """B utterances to speak; arguments as `IntegerReference.generate` has them.

    Attributes:
      conditioning: float32 `[B, F, C]`.
      counts: int64 `[B]`, frames that belong to each utterance, lookahead included.
      ends: int64 `[B]`, samples to speak.
      frames: the largest number of frames to speak; `num_samples` is the same in samples.
      forced: int64 `[B, N]` or None.
      seeds: list of int, `[B]`.
      temperature: float32.
      speaker: int32 `[B]`.

    Raises:
      ValueError: naming the argument, what it is and what it must be.
    """

    def __init__(
        self, config: VoiceConfig, conditioning, seeds, temperature, speaker, forced, num_frames, lookahead_frames
    ):
        channels, hop = config.model.conditioning_channels, config.audio.hop_samples
        self.conditioning = np.asarray(conditioning, np.float32)
        if self.conditioning.ndim != 3 or self.conditioning.shape[2] != channels:
            raise ValueError(f"conditioning has shape {list(self.conditioning.shape)}, must be [B, F, {channels}]")
        if not len(self.conditioning):
            raise ValueError("conditioning has no rows, must have at least 1")
        if not np.isfinite(self.conditioning).all():
            raise ValueError("conditioning must be finite")
        self.batch, limit, _ = self.conditioning.shape

        self.seeds = [int(seed) for seed in np.atleast_1d(seeds)]
        if len(self.seeds) != self.batch:
            raise ValueError(f"seeds are {len(self.seeds)}, must be {self.batch}, one per utterance")
        self.temperature = np.float32(temperature)
        if not (self.temperature > 0 and np.isfinite(self.temperature)):
            raise ValueError(f"temperature is {temperature}, must be positive and finite")
        self.speaker = speaker_rows(speaker, config.model.speakers, self.batch)

        lookahead = self._rows("lookahead_frames", lookahead_frames, limit)
        spoken = self._rows("num_frames", limit - lookahead if num_frames is None else num_frames, limit)
        self.counts = self._rows("num_frames + lookahead_frames", spoken + lookahead, limit)
        self.ends = spoken * hop
        self.frames = int(spoken.max())
        self.num_samples = self.frames * hop
        self.forced = None if forced is None else self._levels(forced, config.model.output_channels)

    def _rows(self, name: str, value, limit: int) -> np.ndarray:
        """One integer per utterance in 0..limit, from one for all or one for each."""
        array = np.asarray(value)
        if array.dtype.kind not in "iu" or array.shape not in ((), (self.batch,)):
            raise ValueError(f"{name} is {value!r}, must be an integer or [{self.batch}] of them, one per utterance")
        if ((array < 0) | (array > limit)).any():
            raise ValueError(f"{name} is {value!r}, must be in 0..{limit} (conditioning.shape[1])")
        return np.broadcast_to(array, (self.batch,)).astype(np.int64)

    def _levels(self, forced, levels: int) -> np.ndarray:
        array = np.asarray(forced)
        if array.dtype.kind not in "iu" or array.ndim != 2 or array.shape[0] != self.batch:
            raise ValueError(f"forced is {array.dtype} {list(array.shape)}, must be integers [{self.batch}, N]")
        if array.shape[1] < self.num_samples:
            raise ValueError(f"forced has {array.shape[1]} samples, must have at least {self.num_samples}")
        array = array[:, : self.num_samples].astype(np.int64)
        spoken = np.arange(self.num_samples) < self.ends[:, None]
        if (spoken & ((array < 0) | (array >= levels))).any():
            raise ValueError(f"forced spans [{array.min()}, {array.max()}], must be in 0..{levels - 1}")
        return np.where(spoken, array, 0)
