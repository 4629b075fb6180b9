"""The ladder of the talk: the same model by ever faster means, each verified before it is timed.

Rungs are data. Those in TensorFlow are verified against each other: cached against naive, XLA against cached. Those of
the engine are one engine with other options. Their plainest form (plain.py) is verified for each precision, ISA and
set of nonlinearities: float32 against the cached loop, integers against the exact reference; then each rung must give
the bits of the plain engine. BLAS sums in an order of its own and is compared with the cached loop by tolerance.

The talk's figures are of its own model and machine, as it tells them.
"""

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import tqdm

from tf_wavenet import native
from tf_wavenet.bench import agreement, blas, oracles, plain, references, streams, timing
from tf_wavenet.bench.agreement import Agreement
from tf_wavenet.bench.floor import Limits, LimitsMeter
from tf_wavenet.bench.subject import Subject
from tf_wavenet.bench.timing import Timing

VERIFY_SAMPLES = 400


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReferenceRung:
    """A loop in TensorFlow, float32."""

    name: str
    talk: str
    what: str
    make: Callable  # As in references.py.
    oracle: str | None  # Name of the rung that it is verified against.
    verify_samples: int  # In each of the stretches that are compared.
    timed_samples: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class EngineRung:
    """The engine with some options."""

    name: str
    talk: str
    what: str
    precision: str
    isa: str  # "" = the best.
    options: Mapping  # Of `native.Engine`.
    batch: int = 1
    pin_caller: bool = False  # One thread computes in the caller's: keep that on one core.
    blas: str = ""  # Library whose sgemv multiplies.


_ALONE = {"num_threads": 1, "steps_ahead": 1}
_TWO = {"num_threads": 2, "steps_ahead": 1}
_LIBM, _RATIONAL, _FIXED = ({"nonlinearities": name} for name in native.NONLINEARITIES)
_TRAIL = {**_TWO, "schedule": "trail"}


def _own(name: str, talk: str, what: str, precision: str, isa: str, options: Mapping, **others) -> EngineRung:
    return EngineRung(name=name, talk=talk, what=what, precision=precision, isa=isa, options=options, **others)


RUNGS: tuple[ReferenceRung | EngineRung, ...] = (
    ReferenceRung(
        name="naive",
        talk="600-1000 x slower",
        what="TensorFlow loop, whole receptive field for every sample",
        make=references.naive,
        oracle=None,
        verify_samples=40,
        timed_samples=20,
    ),
    ReferenceRung(
        name="cached",
        talk="100-200 x slower",
        what="TensorFlow loop, cached activations",
        make=references.cached,
        oracle="naive",
        verify_samples=40,
        timed_samples=400,
    ),
    ReferenceRung(
        name="cached+XLA",
        talk="",
        what="the same, compiled by XLA",
        make=references.cached_xla,
        oracle="cached",
        verify_samples=VERIFY_SAMPLES,
        timed_samples=2000,
    ),
    _own("OpenBLAS", "3-5 x slower", "C++ loop, cblas_sgemv", "f32", "avx2", _ALONE | _LIBM, blas="openblas"),
    _own("MKL", "2-3 x slower", "the same, MKL's", "f32", "avx2", _ALONE | _LIBM, blas="mkl"),
    _own("own kernels", "1.5-2.5 x slower", "float32 kernels in AVX2, libm", "f32", "avx2", _ALONE | _LIBM),
    _own("approximations", "0.9-2 x slower", "rational tanh, sigmoid, exp", "f32", "avx2", _ALONE | _RATIONAL),
    _own("pinned", "0.6-1.9 x slower", "on one core", "f32", "avx2", _ALONE | _RATIONAL, pin_caller=True),
    _own(
        "overlay",
        "0.3-1.7 x slower",
        "2nd thread: left halves, skip sums",
        "f32",
        "avx2",
        _TWO | _RATIONAL | {"schedule": "overlay"},
    ),
    _own(
        "split",
        "0.3-1.1 x slower",
        "rows over 2 threads, barriers",
        "f32",
        "avx2",
        _TWO | _RATIONAL | {"schedule": "split"},
    ),
    _own("trail", "", "2nd thread: skip sums, output layers", "f32", "avx2", _TRAIL | _RATIONAL),
    _own("int16", "1-3 x faster", "fixed point, vpmaddwd", "int16", "avx2", _TRAIL | _RATIONAL),
    _own("AVX-512", "future work", "twice as wide", "int16", "avx512", _TRAIL | _RATIONAL),
    _own("VNNI", "", "vpdpwssd", "int16", "avx512vnni", _TRAIL | _RATIONAL),
    _own("fixed nonlinearities", "future work", "int16 tanh, sigmoid", "int16", "", _TRAIL | _FIXED),
    _own("int8", "", "half the bytes, vpdpbusd", "int8", "", _TRAIL | _FIXED),
    _own("left halves ahead", "", "4 steps of W_prev x in one pass", "int8", "", {"num_threads": 2} | _FIXED),
    *(
        _own(f"batch of {n}", "", f"{n} utterances at once", "int8", "", {"num_threads": 2} | _FIXED, batch=n)
        for n in (4, 8, 16, 32)
    ),
)
PRECISIONS = ("f32", "int16", "int8")


@dataclasses.dataclass(frozen=True, kw_only=True)
class RungResult:
    """One row. Where `missing` says why a rung could not run, nothing was measured."""

    rung: ReferenceRung | EngineRung
    missing: str = ""
    timing: Timing | None = None
    times_real_time: float | None = None
    verified: str = ""
    agreement: Agreement | None = None  # Of those that are compared by tolerance.
    limits: Limits | None = None  # Of the engine's.
    batch: int = 1

    @property
    def fraction_of_floor(self) -> float | None:
        """Share of the speed that the cores' limits allow."""
        return self.limits.us_per_sample(self.batch) / self.timing.median_us if self.limits else None


def run(subjects: Mapping[str, Subject], names: Sequence[str], repeats: int) -> list[RungResult]:
    """Verifies and times the rungs called `names`, in the order of the ladder.

    Args:
      subjects: the model by precision.
      names: of rungs.
      repeats: timed runs of each.

    Raises:
      ValueError: for an unknown rung.
      RuntimeError: if a rung is wrong; nothing wrong is ever timed.
    """
    known = {rung.name: rung for rung in RUNGS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no rung is called {', '.join(unknown)}; there are {', '.join(known)}")
    ladder = _Ladder(subjects, repeats)
    rungs = tqdm.tqdm([rung for rung in RUNGS if rung.name in names], desc="bench", unit="rung")
    return [ladder.climb(rung) for rung in rungs]


class _Ladder:
    """What rungs have in common: references are made once, plain engines verified once."""

    def __init__(self, subjects: Mapping[str, Subject], repeats: int):
        self._subjects, self._repeats = subjects, repeats
        self._made = {}
        self._verified = {}

    def climb(self, rung: ReferenceRung | EngineRung) -> RungResult:
        """Verifies and times one rung."""
        precision = rung.precision if isinstance(rung, EngineRung) else "f32"
        if precision not in self._subjects:
            return RungResult(rung=rung, missing=f"the model is no {precision} voice")
        if isinstance(rung, ReferenceRung):
            return self._reference(rung)
        if rung.isa not in ("", *native.available_isas()):
            return RungResult(rung=rung, missing=f"this CPU has no {rung.isa}")
        library = ""
        if rung.blas:
            found = blas.find(rung.blas)
            if found is None:
                return RungResult(rung=rung, missing=f"{rung.blas} is not installed: pip install tf-wavenet[blas]")
            library = str(found)
        return self._engine(rung, library)

    def _make(self, name: str):
        if name not in self._made:
            rung = next(rung for rung in RUNGS if rung.name == name)
            self._made[name] = rung.make(self._subjects["f32"])
        return self._made[name]

    def _reference(self, rung: ReferenceRung) -> RungResult:
        subject = self._subjects["f32"]
        generate, score = self._make(rung.name)
        agreed = None
        if rung.oracle:
            agreed = self._compare(rung.name, score, rung.oracle, rung.verify_samples)
        timed = timing.measure(generate, min(rung.timed_samples, subject.samples.size), self._repeats)
        return RungResult(
            rung=rung,
            timing=timed,
            times_real_time=timed.times_real_time(subject.sample_rate_hz),
            verified=f"close to {rung.oracle}" if rung.oracle else "",
            agreement=agreed,
        )

    def _compare(self, name: str, score: Callable, oracle: str, count: int) -> Agreement:
        """Compares two stretches: the start, where history is silence, and one where every layer sees samples."""
        subject = self._subjects["f32"]
        _, oracle_score = self._make(oracle)
        count = min(count, subject.samples.size // 2)
        late = min(subject.config.model.receptive_field_samples, subject.samples.size - count)
        stretches = [(first, count) for first in (0, late)]
        logits, samples = _joined(score, stretches)
        agreed = agreement.compare(logits, samples, *_joined(oracle_score, stretches))
        if not agreed.ok:
            raise RuntimeError(f"{name} disagrees with {oracle}: {agreed}")
        return agreed

    def _engine(self, rung: EngineRung, library: str) -> RungResult:
        nonlinearities = rung.options["nonlinearities"]
        subject = dataclasses.replace(self._subjects[rung.precision], nonlinearities=nonlinearities)
        isa = rung.isa or native.best_isa()
        options = {**rung.options, "isa": isa}
        with native.Engine(subject.voice_path, blas=library, **options) as engine:
            if library:
                agreed = self._compare(rung.name, _score_of(engine, subject), "cached", VERIFY_SAMPLES)
                verified = "close to cached"
            else:
                verified, agreed = self._verify_plain(subject, isa)
                plain.require_same_bits(rung.name, engine, subject, isa, rung.batch)
            with _pinned() if rung.pin_caller else contextlib.nullcontext():
                timed, limits = _time(engine, subject, rung, isa, self._repeats)
        return RungResult(
            rung=rung,
            timing=timed,
            times_real_time=timed.times_real_time(subject.sample_rate_hz),
            verified=verified,
            agreement=agreed,
            limits=limits,
            batch=rung.batch,
        )

    def _verify_plain(self, subject: Subject, isa: str) -> tuple[str, Agreement]:
        """Returns what the plain engine was compared with, and the outcome; it is done once for the same engine."""
        key = (subject.precision, subject.nonlinearities, isa)
        if key not in self._verified:
            if subject.precision == "f32":
                with plain.engine(subject, isa) as engine:
                    agreed = self._compare("the plain engine", _score_of(engine, subject), "cached", VERIFY_SAMPLES)
                self._verified[key] = "close to cached", agreed
            else:
                verified = oracles.verify(subject, [isa])
                self._verified[key] = f"equals {verified.oracle}", verified.agreement
        return self._verified[key]


def _joined(score: Callable, stretches: list[tuple[int, int]]) -> list[np.ndarray]:
    return [np.concatenate(parts, axis=1) for parts in zip(*(score(*stretch) for stretch in stretches))]


def _score_of(engine: native.Engine, subject: Subject) -> Callable:
    def score(first: int, count: int):
        stop = first + count
        conditioning = subject.conditioning[: subject.frames_for(stop)]
        forced = subject.forced_frames(stop)
        result = engine.generate(conditioning, seed=subject.seed, temperature=1.0, forced=forced, return_logits=True)
        return result.logits[:, first:stop], result.samples[:, first:stop]

    return score


def _time(engine: native.Engine, subject: Subject, rung: EngineRung, isa: str, repeats: int) -> tuple[Timing, Limits]:
    meter = LimitsMeter(
        engine.info.weight_bytes_per_sample,
        subject.config.model.weights_per_sample,
        subject.precision,
        isa,
        rung.options["num_threads"],
    )
    timed = streams.time_calls(engine, subject, rung.batch, repeats, meter)
    return timed, meter.median()


@contextlib.contextmanager
def _pinned() -> Iterator[None]:
    """Keeps the calling thread on one of the CPUs that it may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
