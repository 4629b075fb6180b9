"""From a checkpoint to a voice file: folding, quantizing, packing, writing; and reading a voice file back."""

from tf_wavenet.export.calibration import Calibration, calibrate
from tf_wavenet.export.checksum import checksum
from tf_wavenet.export.exporter import convert_voice, export_checkpoint, export_voice
from tf_wavenet.export.folding import fold
from tf_wavenet.export.layout import pack, pad_cols, pad_rows, unpack
from tf_wavenet.export.model_reader import read_tensors
from tf_wavenet.export.precision import PRECISIONS
from tf_wavenet.export.quantizer import QuantizedModel, quantize
from tf_wavenet.export.recordings import read_recordings
from tf_wavenet.export.report import TensorReport, report_table
from tf_wavenet.export.table import StoredTensor, stored_tensors
from tf_wavenet.export.voice_file import TensorInfo, VoiceFile, read_config, read_voice
from tf_wavenet.export.voice_writer import write_voice

__all__ = [
    "PRECISIONS",
    "Calibration",
    "QuantizedModel",
    "StoredTensor",
    "TensorInfo",
    "TensorReport",
    "VoiceFile",
    "calibrate",
    "checksum",
    "convert_voice",
    "export_checkpoint",
    "export_voice",
    "fold",
    "pack",
    "pad_cols",
    "pad_rows",
    "quantize",
    "read_config",
    "read_recordings",
    "read_tensors",
    "read_voice",
    "report_table",
    "stored_tensors",
    "unpack",
    "write_voice",
]
