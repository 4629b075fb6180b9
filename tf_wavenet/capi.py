"""The engine's C ABI (cc/engine/capi/tf_wavenet.h) as ctypes sees it: structs, prototypes, errors. For `native`."""

import ctypes
import functools
import importlib.util
import pathlib

import tf_wavenet
from tf_wavenet.arguments import option

ABI_VERSION = 5
_MESSAGE_BYTES = 1024
_INVALID_ARGUMENT = 1

_INT32_FIELDS = (
    "layers residual_channels skip_channels output_channels dilation_cycle conditioning_channels conditioning_context "
    "lookahead_frames hop_samples sample_rate_hz silence_level num_speakers speakers_bytes"
).split()
_INT64_FIELDS = "state_bytes weight_bytes_per_sample trace_floats_per_sample".split()


class VoiceInfoStruct(ctypes.Structure):
    """`tfwn_voice_info`."""

    _fields_ = [
        *((name, ctypes.c_int32) for name in _INT32_FIELDS),
        ("temperature", ctypes.c_float),
        ("preemphasis", ctypes.c_float),
        *((name, ctypes.c_int64) for name in _INT64_FIELDS),
        ("checksum", ctypes.c_uint64),
        ("precision", ctypes.c_char_p),
        ("speakers", ctypes.c_void_p),  # `speakers_bytes` of them, and no NUL behind.
    ]


class EngineOptionsStruct(ctypes.Structure):
    """`tfwn_engine_options`."""

    _fields_ = [
        ("isa", ctypes.c_char_p),
        ("nonlinearities", ctypes.c_char_p),
        ("schedule", ctypes.c_char_p),
        ("num_threads", ctypes.c_int32),
        ("steps_ahead", ctypes.c_int32),
        ("max_lanes", ctypes.c_int32),
        ("unpinned", ctypes.c_int32),
        ("blas", ctypes.c_char_p),
    ]


class PlanStruct(ctypes.Structure):
    """`tfwn_plan`."""

    _fields_ = [
        ("schedule", ctypes.c_char_p),
        ("teams", ctypes.c_int32),
        ("threads", ctypes.c_int32),
        ("lanes", ctypes.c_int32),
    ]


class RequestStruct(ctypes.Structure):
    """`tfwn_request`."""

    _fields_ = [
        ("batch", ctypes.c_int32),
        ("frames", ctypes.c_int32),
        ("conditioning_channels", ctypes.c_int32),
        ("conditioning", ctypes.c_void_p),
        ("num_frames", ctypes.c_void_p),
        ("lookahead_frames", ctypes.c_void_p),
        ("seed", ctypes.c_void_p),
        ("temperature", ctypes.c_void_p),
        ("speaker", ctypes.c_void_p),
        ("state_in", ctypes.c_void_p),
        ("state_in_size", ctypes.c_size_t),
        ("forced", ctypes.c_void_p),
        ("samples", ctypes.c_void_p),
        ("state_out", ctypes.c_void_p),
        ("logits", ctypes.c_void_p),
        ("trace", ctypes.c_void_p),
        ("log_probs", ctypes.c_void_p),
        ("all_log_probs", ctypes.c_void_p),
    ]


def library_path(name: str) -> pathlib.Path:
    """Returns where the package's shared library `name` (without ".so") lies.

    Raises:
      ImportError: if the package was imported from a source tree that nothing was built for.
    """
    # Found, not imported: the finder of an editable install knows where the library lies, and rebuilds it first.
    spec = importlib.util.find_spec(f"tf_wavenet.{name}")
    if spec is None:
        folders = ", ".join(tf_wavenet.__path__)
        raise ImportError(f"{name}.so is not in {folders}: run 'pip install .', and Python outside of the source tree")
    return pathlib.Path(spec.origin)


@functools.cache
def library() -> ctypes.CDLL:
    """Returns the loaded library of the engine; raises `ImportError` if it is missing or of another version."""
    path = library_path("libtf_wavenet_engine")
    try:
        loaded = ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(f"{path} cannot be loaded: {error}") from error
    if loaded.tfwn_abi_version() != ABI_VERSION:
        raise ImportError(
            f"{path} has C ABI {loaded.tfwn_abi_version()}, this package wants {ABI_VERSION}: reinstall it"
        )
    engine, message = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_size_t]
    prototypes = {
        "tfwn_best_isa": (ctypes.c_int, [ctypes.POINTER(ctypes.c_char_p), *message]),
        "tfwn_available_isas": (ctypes.c_char_p, []),
        "tfwn_voice_info_of": (
            ctypes.c_int,
            [ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(VoiceInfoStruct), *message],
        ),
        "tfwn_engine_create": (
            ctypes.c_int,
            [
                ctypes.c_void_p,
                ctypes.c_size_t,
                ctypes.POINTER(EngineOptionsStruct),
                ctypes.POINTER(engine),
                *message,
            ],
        ),
        "tfwn_engine_delete": (None, [engine]),
        "tfwn_engine_plan": (ctypes.c_int, [engine, ctypes.c_int32, ctypes.POINTER(PlanStruct), *message]),
        "tfwn_generate": (ctypes.c_int, [engine, ctypes.POINTER(RequestStruct), *message]),
        "tfwn_score": (ctypes.c_int, [engine, ctypes.POINTER(RequestStruct), *message]),
        "tfwn_uniforms": (None, [ctypes.c_int64, ctypes.c_uint64, ctypes.c_int64, ctypes.c_void_p]),
        "tfwn_measure_stream": (
            ctypes.c_int,
            [
                ctypes.c_char_p,
                ctypes.c_void_p,
                ctypes.c_int64,
                ctypes.c_int32,
                ctypes.c_int32,
                ctypes.POINTER(ctypes.c_double),
                *message,
            ],
        ),
        "tfwn_measure_multiply_adds": (
            ctypes.c_int,
            [
                ctypes.c_char_p,
                ctypes.c_char_p,
                ctypes.c_int32,
                ctypes.c_int32,
                ctypes.POINTER(ctypes.c_double),
                *message,
            ],
        ),
        "tfwn_measure_handover": (ctypes.c_int, [ctypes.c_int32, ctypes.POINTER(ctypes.c_double), *message]),
        "tfwn_default_threads": (ctypes.c_int32, []),
        "tfwn_checksum": (ctypes.c_uint64, [ctypes.c_void_p, ctypes.c_size_t]),
    }
    for name, (result, arguments) in prototypes.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


def call(name: str, *arguments) -> None:
    """Calls an engine function that returns a code and writes a message.

    Raises:
      ValueError: if the engine refuses an argument or a voice file.
      RuntimeError: if it fails for any other reason.
    """
    message = ctypes.create_string_buffer(_MESSAGE_BYTES)
    code = getattr(library(), name)(*arguments, message, _MESSAGE_BYTES)
    if code:
        text = message.value.decode(errors="replace")
        raise ValueError(text) if code == _INVALID_ARGUMENT else RuntimeError(text)


def available_isas() -> tuple[str, ...]:
    """Returns the ISAs that this CPU can run, worst first."""
    return tuple(library().tfwn_available_isas().decode().split(","))


def isa_word(isa: str) -> bytes:
    """Returns an ISA as the engine takes it, which checks it; raises `ValueError` if it is no str."""
    return option("isa", isa, f"{', '.join(available_isas())} or empty for the best")
