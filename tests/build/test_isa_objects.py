"""Code for one ISA must not leak: a weak symbol in such an object may be handed to the generic path of an old CPU."""

import subprocess

import pytest


def _symbols(path):
    listing = subprocess.run(["nm", "-C", path], capture_output=True, text=True, check=True).stdout
    return [
        line.split(maxsplit=2) if line[0] != " " else ["", *line.split(maxsplit=1)] for line in listing.splitlines()
    ]


@pytest.mark.parametrize("isa", ["avx2", "avx512", "avx512vnni"])
def test_an_isa_object_defines_its_table_and_nothing_that_can_be_shared(sources, compile_cc, tmp_path, isa):
    source = f"cc/engine/kernels/kernels_{isa}.cc"
    compile_cc(*sources["COPTS"], *sources["ISA_COPTS"][source], "-fPIC", "-c", source, "-o", tmp_path / "isa.o")
    symbols = _symbols(tmp_path / "isa.o")
    defined = [name for _, kind, name in symbols if kind.isupper() and kind != "U"]
    assert len(defined) == 1 and defined[0].lower() == f"tf_wavenet::kkernels{isa}"
    assert not [name for _, kind, name in symbols if kind in "wWvVu"]
    assert {name for _, kind, name in symbols if kind == "U"} <= {
        "_GLOBAL_OFFSET_TABLE_",
        "memcpy",
        "memset",
        "expf",
        "tanhf",
    }
