"""Waveforms to a voice's mu-law levels and back, pre-emphasis included.

    e(t) = x(t) - p x(t-1),   level = mulaw(e)        back: x(t) = e(t) + p x(t-1)

What a network adds to e as noise is white; undoing the pre-emphasis gives it the tilt of speech, which hides it.
Reference: Valin and Skoglund, LPCNet, arXiv:1810.11846, section 3.1.
"""

import numpy as np

from tf_wavenet.audio import mulaw
from tf_wavenet.config import VoiceConfig


def to_levels(audio: np.ndarray, config: VoiceConfig) -> np.ndarray:
    """Quantizes a waveform as the voice hears it.

    Args:
      audio: float `[T]`, nominally in [-1, 1].
      config: the voice's config.

    Returns:
      int32 levels `[T]`.

    Raises:
      ValueError: if `audio` holds NaN.
    """
    audio = np.asarray(audio, np.float64)
    emphasized = audio.copy()
    emphasized[1:] -= config.audio.preemphasis * audio[:-1]
    return mulaw.encode(emphasized, config.model.output_channels)


class Decoder:
    """Levels to audio, in one piece or in chunks that follow each other.

    Args:
      config: the voice's config.
    """

    def __init__(self, config: VoiceConfig):
        self._preemphasis, self._levels = config.audio.preemphasis, config.model.output_channels
        self._last = np.zeros(1)

    def __call__(self, levels: np.ndarray) -> np.ndarray:
        """Returns the audio of the next `levels`, int `[T]`: float32 `[T]`; raises what `mulaw.decode` raises."""
        import scipy.signal  # Slow to import.

        emphasized = mulaw.decode(levels, self._levels)
        if not self._preemphasis:
            return emphasized
        audio, self._last = scipy.signal.lfilter([1.0], [1.0, -self._preemphasis], emphasized, zi=self._last)
        return audio.astype(np.float32)


def to_audio(levels: np.ndarray, config: VoiceConfig) -> np.ndarray:
    """Returns the waveform of a whole utterance's levels, int `[T]`: float32 `[T]`."""
    return Decoder(config)(levels)
