"""From a checkpoint to a voice file: folding, packing, writing; and reading a voice file back."""

from tf_wavenet.export.checksum import checksum
from tf_wavenet.export.exporter import export_checkpoint, export_voice, fold, read_tensors
from tf_wavenet.export.layout import pack, pad_rows, unpack
from tf_wavenet.export.table import StoredTensor, stored_tensors
from tf_wavenet.export.voice_file import TensorInfo, VoiceFile, read_config, read_voice
from tf_wavenet.export.voice_writer import write_voice

__all__ = [
    "StoredTensor",
    "TensorInfo",
    "VoiceFile",
    "checksum",
    "export_checkpoint",
    "export_voice",
    "fold",
    "pack",
    "pad_rows",
    "read_config",
    "read_tensors",
    "read_voice",
    "stored_tensors",
    "unpack",
    "write_voice",
]
