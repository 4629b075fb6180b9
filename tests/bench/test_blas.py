"""The engine with a BLAS in place of its own products: the same model, up to the order of sums."""

import importlib.metadata

import numpy as np
import pytest

import tf_wavenet
from tf_wavenet import audio, export, native, voices
from tf_wavenet.bench import blas

# Largest difference of logits, relative to their range: f32 sums of up to a few hundred terms in another order, through
# every layer. A wrong weight exceeds 1e-1.
MAX_LOGITS_DIFFERENCE = 1e-5
FRAMES = 20


@pytest.fixture(params=blas.NAMES)
def library(request):
    path = blas.find(request.param)
    if path is None:
        pytest.skip(f"{request.param} is not installed (the extra tf-wavenet[blas] brings it)")
    return path


def _teacher_forced(voice, conditioning, forced, **options):
    with native.Engine(voice, num_threads=1, **options) as engine:
        return engine.generate(conditioning, forced=forced, return_logits=True).logits


def _compare(voice, conditioning, forced, library, **options):
    own = _teacher_forced(voice, conditioning, forced, **options)
    other = _teacher_forced(voice, conditioning, forced, blas=library, **options)
    return own, other, np.abs(other - own).max() / np.ptp(own)


def test_logits_of_real_speech_are_the_engines(library, measured):
    voice = tf_wavenet.default_voice_path("f32")
    features = export.read_config(voice).audio
    speech = audio.read_wav(sorted(voices.test_sentences())[0], features.sample_rate_hz)
    begin, count = 60, FRAMES * features.hop_samples
    conditioning = audio.log_mel(speech, features)[begin : begin + FRAMES]
    forced = audio.encode(speech[begin * features.hop_samples :][:count], 256)[None]
    own, other, difference = _compare(voice, conditioning, forced, library)
    measured(f"{library.name} ~ engine: {difference:.1e} of the logits' range")
    assert np.ptp(own) > 1
    assert not np.array_equal(own, other)  # Something else did multiply.
    assert difference < MAX_LOGITS_DIFFERENCE


@pytest.mark.parametrize("options", [{}, dict(steps_ahead=1, max_lanes=1), dict(isa="scalar", nonlinearities="libm")])
def test_options_and_batches(library, tiny_voice, options):
    rng = np.random.default_rng(1)
    conditioning = rng.normal(size=(3, 4, 12)).astype(np.float32)
    forced = rng.integers(0, 256, (3, 4 * 80), np.int32)
    assert _compare(tiny_voice, conditioning, forced, library, **options)[2] < MAX_LOGITS_DIFFERENCE


def test_an_engine_that_cannot_use_it_says_why(library, tiny_voice):
    with pytest.raises(ValueError, match="num_threads is 2, must be 1 where a BLAS library multiplies"):
        native.Engine(tiny_voice, num_threads=2, blas=library)
    with pytest.raises(ValueError, match="the voice's precision is int8, must be f32 for BLAS"):
        native.Engine(tf_wavenet.default_voice_path("int8"), num_threads=1, blas=str(library))


def test_what_is_no_blas_is_refused(tiny_voice):
    with pytest.raises(ValueError, match="blas is 3, must be a str: the path of a BLAS library"):
        native.Engine(tiny_voice, num_threads=1, blas=3)
    with pytest.raises(ValueError, match="BLAS library '/nowhere/libblas.so' cannot be loaded: .*No such file"):
        native.Engine(tiny_voice, num_threads=1, blas="/nowhere/libblas.so")
    with pytest.raises(ValueError, match=f"BLAS library '{tiny_voice}' cannot be loaded: .*invalid ELF header"):
        native.Engine(tiny_voice, num_threads=1, blas=tiny_voice)


class _File:
    def __init__(self, path):
        self.name, self._path = path.name, path

    def locate(self):
        return self._path


def test_finds_the_library_of_any_version_among_a_distributions_files(monkeypatch, tmp_path):
    installed = [tmp_path / name for name in ("libmkl_core.so.3", "libmkl_rt.so.3", "__init__.py")]
    for path in installed:
        path.touch()
    monkeypatch.setattr(importlib.metadata, "files", {"mkl": [_File(path) for path in installed]}.__getitem__)
    assert blas.find("mkl") == tmp_path / "libmkl_rt.so.3"
    (tmp_path / "libmkl_rt.so.3").unlink()
    assert blas.find("mkl") is None


def test_finds_nothing_where_nothing_is_installed(monkeypatch):
    def files(distribution):
        raise importlib.metadata.PackageNotFoundError(distribution)

    monkeypatch.setattr(importlib.metadata, "files", files)
    assert [blas.find(name) for name in blas.NAMES] == [None, None]


def test_knows_two_libraries():
    with pytest.raises(ValueError, match="BLAS library is 'atlas', must be one of openblas, mkl"):
        blas.find("atlas")
