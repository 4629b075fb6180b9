"""cc/sources.bzl names every C++ file, once."""

import itertools


def test_every_file_is_listed_once(repository, sources):
    lists = "ENGINE_HEADERS ENGINE_SOURCES ISA_COPTS TEST_HEADERS TEST_SOURCES OPS_HEADERS OPS_SOURCES".split()
    listed = [
        *itertools.chain(*(sources[name] for name in lists)),
        *sources["TEST_PROGRAMS"].values(),
        sources["TENSORFLOW_STUB"],
        sources["FAKE_BLAS"],
    ]
    found = [path for path in (repository / "cc").rglob("*") if path.suffix in (".cc", ".h")]
    assert sorted(listed) == sorted(str(path.relative_to(repository)) for path in found)


def test_the_flags_keep_numbers_exact(sources):
    assert "-ffp-contract=off" in sources["COPTS"]
    flags = [*sources["COPTS"], *itertools.chain(*sources["ISA_COPTS"].values())]
    assert not {"-ffast-math", "-Ofast", "-march=native", "-funsafe-math-optimizations"} & set(flags)


def test_only_the_kernels_know_intrinsics_and_only_the_op_knows_tensorflow(repository):
    for path in (repository / "cc").rglob("*.[ch]*"):
        name, text = str(path.relative_to(repository)), path.read_text()
        if "immintrin.h" in text:
            assert name.startswith("cc/engine/kernels/simd_"), name
        assert '#include "tensorflow/' not in text, name
        if '#include "cc/ops/' in text:
            assert name.startswith("cc/ops/"), name
