"""Bytes as data URIs, so that the page is one file."""

import base64
import io

import numpy as np


def data_uri(content: bytes, media_type: str) -> str:
    """Returns `data:<media_type>;base64,...`."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def wav_uri(waveform: np.ndarray, sample_rate_hz: int) -> str:
    """Returns audio as a data URI: 16-bit wav. FLAC has half the bytes, but Chromium may hang in a seek of it,
    and switching at the same place is seeking.

    Args:
      waveform: float `[num_samples]`; what is outside [-1, 1] is clipped.
      sample_rate_hz: its rate.
    """
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(waveform, -1.0, 1.0), sample_rate_hz, format="WAV", subtype="PCM_16")
    return data_uri(buffer.getvalue(), "audio/wav")


def webp_uri(picture: bytes) -> str:
    """Returns a WebP picture as a data URI."""
    return data_uri(picture, "image/webp")
