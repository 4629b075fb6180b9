"""A voice made ready to speak, called again and again. `native` exports what is public here."""

import ctypes
import dataclasses
import os
import weakref

import numpy as np

from tf_wavenet import arguments, capi
from tf_wavenet.loop import LoopCall
from tf_wavenet.voice import Voice, VoiceInfo, VoiceLike, load_voice

SCHEDULES = ("single", "split", "overlay", "trail")
NONLINEARITIES = ("libm", "rational", "fixed")


@dataclasses.dataclass(frozen=True, eq=False)
class Generated:
    """Result of `generate`. B = batch, N = frames * hop_samples, a = output channels."""

    samples: np.ndarray  # int32 [B, N]: mu-law levels, the silence level past an utterance's end.
    state: np.ndarray  # uint8 [B, state_bytes]: feed it to the next call.
    logits: np.ndarray | None = None  # float32 [B, N, a], before temperature; zero past the end.
    trace: np.ndarray | None = None  # float32 [B, N, trace_floats_per_sample]: x_0..x_{l-1}, q, z_s, z_a, logits.


@dataclasses.dataclass(frozen=True, eq=False)
class Scored:
    """Result of `score`. B = batch, N = frames * hop_samples, a = output channels."""

    log_probs: np.ndarray  # float32 [B, N]: natural log of each sample's probability; zero past an utterance's end.
    state: np.ndarray  # uint8 [B, state_bytes]: feed it to the next call.
    all_log_probs: np.ndarray | None = None  # float32 [B, N, a]: that of every level; zero past the end.
    draws: np.ndarray | None = None  # int32 [B, N]: what would have been drawn; the silence level past the end.


@dataclasses.dataclass(frozen=True)
class Plan:
    """How an engine speaks a batch of some size."""

    schedule: str  # One of SCHEDULES.
    teams: int  # That speak at once, each some of the utterances.
    threads: int  # Of each team.
    lanes: int  # Utterances of each team at once, which share a pass over the weights.


class Engine:
    """A voice with threads and memory of its own, which the next call finds ready: for many calls of one voice.

        with native.Engine(voice) as engine:
            first = engine.generate(mel[: 40 + ahead], lookahead_frames=ahead)
            rest = engine.generate(mel[40:], state=first.state)

    Of the options only `nonlinearities` and `blas` change what is spoken. Calls from several Python threads take turns.
    In a process that was forked off, an engine of more than one thread raises `RuntimeError`, since its threads stayed
    behind: open another one there.

    Attributes:
      voice: the voice; what it was loaded from must not change while the engine is open.
      info: what the voice says of itself.
    """

    def __init__(
        self,
        voice: VoiceLike,
        *,
        num_threads: int = 0,
        schedule: str = "",
        steps_ahead: int = 0,
        max_lanes: int = 0,
        pin: bool = True,
        isa: str = "",
        nonlinearities: str = "",
        blas: str | os.PathLike = "",
    ):
        """Opens the engine and starts its threads, which sleep between calls.

        Args:
          voice: anything that `load_voice` takes.
          num_threads: at most 256; 0 = one for each physical core that the process may use.
          schedule: how the threads of a team divide a step, one of `SCHEDULES` (cc/engine/synth/schedule.h says what
            each does); "" = the best for the voice and the batch.
          steps_ahead: for how many steps the left halves W_prev x(t - d) of a layer are computed at once, a power of
            two up to 64, 1 = none ahead; 0 = best.
          max_lanes: how many utterances share a pass over the weights at most, up to 64; 0 = best.
          pin: whether each thread keeps to one core; else they run wherever the system puts them.
          isa, nonlinearities: as in `native.generate`.
          blas: path of a library whose `cblas_sgemv` multiplies in place of the engine's own kernels, of an f32 voice
            with `num_threads=1`; "" = none. OpenBLAS and MKL are known (`tf_wavenet.bench.blas` finds them); the
            library stays loaded, and keeps to one thread.

        Raises:
          FileNotFoundError, ValueError: if the voice cannot be read, or an option is wrong.
          RuntimeError: if this machine cannot run `isa`, or has no threads to give.
        """
        self.voice = load_voice(voice)
        self._handle = _Handle(
            self.voice,
            capi.EngineOptionsStruct(
                isa=capi.isa_word(isa),
                nonlinearities=arguments.option(
                    "nonlinearities", nonlinearities, f"{', '.join(NONLINEARITIES)} or empty for the voice's own"
                ),
                schedule=arguments.option("schedule", schedule, f"{', '.join(SCHEDULES)} or empty for the best"),
                num_threads=arguments.integer("num_threads", num_threads, np.int32),
                steps_ahead=arguments.integer("steps_ahead", steps_ahead, np.int32),
                max_lanes=arguments.integer("max_lanes", max_lanes, np.int32),
                unpinned=not pin,
                blas=arguments.option(
                    "blas",
                    os.fspath(blas) if isinstance(blas, os.PathLike) else blas,
                    "the path of a BLAS library or empty for none",
                ),
            ),
        )

    @property
    def info(self) -> VoiceInfo:
        return self.voice.info

    def generate(
        self,
        conditioning: np.ndarray,
        *,
        num_frames=None,
        lookahead_frames=None,
        seed=0,
        temperature=None,
        speaker=0,
        state: np.ndarray | None = None,
        forced: np.ndarray | None = None,
        return_logits: bool = False,
        return_trace: bool = False,
    ) -> Generated:
        """Generates the samples of a batch of utterances.

        Args, Returns: as `native.generate`, which explains them.

        Raises:
          ValueError: if an argument is wrong.
          RuntimeError: if the engine is closed or its threads are another process's, or the voice's numbers are not
            finite.
        """
        handle = self._open()
        call = LoopCall(
            self.info,
            conditioning,
            num_frames=num_frames,
            lookahead_frames=lookahead_frames,
            seed=seed,
            temperature=temperature,
            speaker=speaker,
            state=state,
            forced=("forced", forced),
        )
        outputs, state = call.run(
            "tfwn_generate",
            handle.pointer,
            samples=np.empty(call.shape, np.int32),
            logits=call.floats(return_logits, self.info.output_channels),
            trace=call.floats(return_trace, self.info.trace_floats_per_sample),
        )
        return Generated(**outputs, state=state)

    def score(
        self,
        conditioning: np.ndarray,
        samples: np.ndarray,
        *,
        num_frames=None,
        lookahead_frames=None,
        seed=None,
        temperature=1.0,
        speaker=0,
        state: np.ndarray | None = None,
        return_all: bool = False,
        return_draws: bool = False,
    ) -> Scored:
        """Scores given samples.

        Args, Returns: as `native.score`, which explains them.

        Raises:
          ValueError, RuntimeError: as `generate`; the engine calls `samples` forced samples.
        """
        handle = self._open()
        call = LoopCall(
            self.info,
            conditioning,
            num_frames=num_frames,
            lookahead_frames=lookahead_frames,
            seed=0 if seed is None else seed,
            temperature=temperature,
            speaker=speaker,
            state=state,
            forced=("samples", np.asarray(samples)),
        )
        outputs, state = call.run(
            "tfwn_score",
            handle.pointer,
            log_probs=call.floats(True),
            all_log_probs=call.floats(return_all, self.info.output_channels),
            samples=np.empty(call.shape, np.int32) if return_draws else None,
        )
        return Scored(**{("draws" if k == "samples" else k): v for k, v in outputs.items()}, state=state)

    def plan(self, batch: int = 1) -> Plan:
        """Returns how the engine speaks `batch` utterances in one call, at least 1. Calls that return a trace are
        spoken by teams of one thread instead.

        Raises:
          ValueError: if `batch` is not a positive int32.
          RuntimeError: if the engine is closed.
        """
        plan, handle = capi.PlanStruct(), self._open()
        capi.call("tfwn_engine_plan", handle.pointer, arguments.integer("batch", batch, np.int32), ctypes.byref(plan))
        return Plan(plan.schedule.decode(), plan.teams, plan.threads, plan.lanes)

    def close(self) -> None:
        """Ends the engine, its threads and memory; twice is fine. A call that another thread is in is not cut off."""
        self._handle = None

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    def _open(self) -> "_Handle":
        handle = self._handle
        if handle is None:
            raise RuntimeError("the engine is closed")
        return handle


class _Handle:
    """The engine of the C ABI. It ends with the last reference to it: a call holds one, so that closing cannot take the
    engine away from under it."""

    def __init__(self, voice: Voice, options: capi.EngineOptionsStruct):
        self.pointer = ctypes.c_void_p()
        capi.call(
            "tfwn_engine_create",
            voice.data.ctypes.data,
            voice.data.size,
            ctypes.byref(options),
            ctypes.byref(self.pointer),
        )
        # Holds the voice, too, whose memory the engine reads.
        finalizer = weakref.finalize(self, _delete, self.pointer, voice)
        finalizer.atexit = (
            False  # A daemon thread may be in a call when the process ends, and memory ends with it anyway.
        )


def _delete(pointer: ctypes.c_void_p, voice: Voice) -> None:
    capi.library().tfwn_engine_delete(pointer)
