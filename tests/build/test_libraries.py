"""The installed shared libraries need and export what they should."""

import importlib.metadata
import subprocess

import pytest

from tf_wavenet import capi

ENGINE, OPS = "libtf_wavenet_engine", "libtf_wavenet_ops"
# The C and C++ runtimes: versioned symbols (name@GLIBC_2.14), and a few weak ones that may stay undefined.
_RUNTIME = ("__gmon_start__", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable", "__cxa_finalize")


def _dynamic_symbols(name, *options):
    command = ["nm", "-D", *options, capi.library_path(name)]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in listing.splitlines()}


def _undefined(name):
    return {s for s in _dynamic_symbols(name, "--undefined-only") if "@" not in s and s not in _RUNTIME}


def _dynamic_section(name):
    command = ["readelf", "-d", capi.library_path(name)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_engine_exports_the_c_abi_alone_and_needs_no_tensorflow():
    exported = _dynamic_symbols(ENGINE, "--defined-only")
    assert exported == {
        "tfwn_abi_version",
        "tfwn_available_isas",
        "tfwn_best_isa",
        "tfwn_checksum",
        "tfwn_default_threads",
        "tfwn_engine_create",
        "tfwn_engine_delete",
        "tfwn_engine_plan",
        "tfwn_engine_voice_info",
        "tfwn_generate",
        "tfwn_measure_handover",
        "tfwn_measure_multiply_adds",
        "tfwn_measure_stream",
        "tfwn_score",
        "tfwn_uniforms",
        "tfwn_voice_info_of",
    }
    assert _undefined(ENGINE) == set()


def test_the_op_needs_the_engine_and_the_c_api_alone():
    undefined = _undefined(OPS)
    assert "TF_RegisterKernelBuilder" in undefined and "tfwn_generate" in undefined
    assert not [s for s in undefined if not s.startswith(("TF_", "tfwn_"))]
    assert _dynamic_symbols(OPS, "--defined-only") == set()


def test_the_op_finds_the_engine_beside_itself():
    section = _dynamic_section(OPS)
    assert f"[{ENGINE}.so]" in section
    assert "RUNPATH" in section and "[$ORIGIN:$ORIGIN/../tensorflow]" in section


def test_the_op_asks_for_tensorflow_by_name():
    # In TensorFlow 2.16 the symbols are not global: only a library that names libtensorflow_framework sees them.
    assert "NEEDED" in _dynamic_section(OPS) and "[libtensorflow_framework.so.2]" in _dynamic_section(OPS)


@pytest.mark.parametrize("name", [ENGINE, OPS])
def test_no_library_changes_the_floating_point_mode_when_it_loads(name):
    # crtfastmath.o, linked in by -ffast-math, would turn denormals off for the whole Python process.
    listing = subprocess.run(["nm", capi.library_path(name)], capture_output=True, text=True, check=True).stdout
    assert "set_fast_math" not in listing


def test_one_wheel_serves_every_python():
    wheel = importlib.metadata.distribution("tf-wavenet").read_text("WHEEL")
    assert "Tag: py3-none-linux_x86_64" in wheel.splitlines()
    assert "Root-Is-Purelib: false" in wheel.splitlines()


def test_the_package_stays_small():
    files = importlib.metadata.distribution("tf-wavenet").files
    sizes = {str(file): file.locate().stat().st_size for file in files if file.suffix != ".pyc"}
    assert sum(sizes.values()) < 12_000_000, sorted(sizes.items(), key=lambda item: -item[1])[:12]
    assert sum(name.endswith(".gguf") for name in sizes) >= 4
