"""Audio: mu-law companding, log-mel features, files."""

from tf_wavenet.audio.mel import log_mel, num_frames
from tf_wavenet.audio.mulaw import decode, encode
from tf_wavenet.audio.wav import read_wav, write_wav

__all__ = ["decode", "encode", "log_mel", "num_frames", "read_wav", "write_wav"]
