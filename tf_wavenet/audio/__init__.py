"""Audio: mu-law companding, pre-emphasis, loudness, log-mel features, files."""

from tf_wavenet.audio import loudness
from tf_wavenet.audio.levels import Decoder, to_audio, to_levels
from tf_wavenet.audio.mel import log_mel, num_frames
from tf_wavenet.audio.mulaw import decode, encode
from tf_wavenet.audio.wav import read_wav, write_wav

__all__ = [
    "Decoder",
    "decode",
    "encode",
    "log_mel",
    "loudness",
    "num_frames",
    "read_wav",
    "to_audio",
    "to_levels",
    "write_wav",
]
