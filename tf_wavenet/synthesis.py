"""Speech in chunks: one engine, called again and again with the state that the call before left behind.

Chunked speech equals whole speech bit for bit, since every chunk brings the frames of context that its last samples
need; and an utterance spoken beside others equals one spoken alone, since rows of a batch share nothing but weights.
"""

import contextlib
import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tf_wavenet import native
from tf_wavenet.arguments import rows, speakers

ENGINES = ("native", "op")

# What TensorFlow puts around the text of a kernel's error: where the graph and the node stand, which op it was.
_DECORATION = re.compile(
    r"\{\{function_node [^}]*\}\}\s*|\s*\[\[\{\{node [^}]*\}\}\]\]|\s*; NodeDef: .*|\s*\[Op:[^\]]*\](\s*name:.*)?",
    re.DOTALL,
)


def check_conditioning(conditioning: np.ndarray, info: native.VoiceInfo, name: str = "conditioning") -> np.ndarray:
    """Checks features before work begins, and makes them float32.

    Args:
      conditioning: float of any width, `[F, C]` with F >= 1: log-mel frames.
      info: of the voice that is to speak them.
      name: what messages call the array.

    Returns:
      float32 `[F, C]`.

    Raises:
      ValueError: for a wrong dtype, rank, channel count, no frames, or values that are not finite.
    """
    array = np.asarray(conditioning)
    channels = info.conditioning_channels
    if array.dtype.kind != "f":
        raise ValueError(f"{name} is {array.dtype}, must be floating point [frames, {channels}]")
    if array.ndim != 2:
        raise ValueError(
            f"{name} has rank {array.ndim} (shape {list(array.shape)}), must have rank 2: [frames, {channels}]"
        )
    if array.shape[1] != channels:
        raise ValueError(f"{name}.shape[1] is {array.shape[1]}, the voice expects {channels} (conditioning_channels)")
    if array.shape[0] == 0:
        raise ValueError(f"{name} holds no frames, must hold at least one")
    with np.errstate(over="ignore"):  # What float32 cannot hold becomes infinite, and is refused as such.
        array = np.ascontiguousarray(array, np.float32)
    finite = np.isfinite(array)
    if not finite.all():
        frame, channel = np.argwhere(~finite)[0]
        raise ValueError(
            f"{name}[{frame}, {channel}] is {array[frame, channel]}, must be finite "
            f"({np.count_nonzero(~finite)} values are not)"
        )
    return array


def speak(
    voice: native.Voice, conditioning: np.ndarray, *, engine: str = "native", chunk_frames: int = 40, **arguments
) -> Iterator[np.ndarray]:
    """Speaks one utterance chunk by chunk, all with one engine.

    Args:
      voice: a loaded voice.
      conditioning: float `[F, C]`, see `check_conditioning`.
      engine: "native", or "op" for the TensorFlow op.
      chunk_frames: frames spoken in one call, at least 1.
      **arguments: `seed`, `temperature`, `speaker`, `num_threads`, `isa`, `nonlinearities` of `native.generate`.

    Returns:
      An iterator over the chunks' mu-law levels, int32 `[frames * hop_samples]`; `F * hop_samples` in all.

    Raises:
      ValueError: if an argument is wrong; at once where that can be told, else by the iterator.
      ImportError: if TensorFlow is missing where the op is asked for.
      RuntimeError: if this machine cannot run `isa`; at once, or by the iterator if the op is asked for.
    """
    conditioning = check_conditioning(conditioning, voice.info)
    chunks = speak_batch(voice, [conditioning], engine=engine, chunk_frames=chunk_frames, **arguments)
    return (chunk[0] for chunk in chunks)


def speak_batch(
    voice: native.Voice,
    conditionings: Sequence[np.ndarray],
    *,
    seed=0,
    temperature=None,
    speaker=0,
    engine: str = "native",
    chunk_frames: int = 40,
    **options,
) -> Iterator[dict[int, np.ndarray]]:
    """Speaks several utterances chunk by chunk, all of them in each call of one engine, until each has ended.

    In one call, since there the engine can share a pass over the weights; each sounds as it does alone, bit for bit.

    Args:
      voice: a loaded voice.
      conditionings: B >= 1 utterances, each float `[F_b, C]`, see `check_conditioning`; of any lengths, in any order.
      seed: int or `[B]`, int64.
      temperature: number or `[B]`, positive; None = the voice's own.
      speaker: number or name of a speaker, or a list of one for each utterance; "" = the first.
      engine: "native", or "op" for the TensorFlow op.
      chunk_frames: frames of each utterance spoken in one call, at least 1.
      **options: `num_threads`, `isa`, `nonlinearities` of `native.generate`.

    Returns:
      An iterator over chunks: the mu-law levels, int32 `[frames * hop_samples]`, of each utterance that has not ended
      before, by its index b; `F_b * hop_samples` in all.

    Raises:
      ValueError, ImportError, RuntimeError: as `speak`.
    """
    if chunk_frames < 1:
        raise ValueError(f"chunk_frames is {chunk_frames}, must be at least 1")
    if len(conditionings) == 0:
        raise ValueError("conditionings holds no utterance, must hold at least one")
    conditionings = [check_conditioning(c, voice.info, f"conditionings[{b}]") for b, c in enumerate(conditionings)]
    drawn = {
        "seed": rows("seed", seed, len(conditionings), np.int64),
        "temperature": rows(
            "temperature",
            voice.info.temperature if temperature is None else temperature,
            len(conditionings),
            np.float32,
        ),
        "speaker": rows("speaker", speakers(speaker, voice.info.speakers), len(conditionings), np.int32),
    }
    # Here, not in the generator: loading TensorFlow and starting threads is no part of speaking.
    chunker = Chunker(voice, engine=engine, **options)
    utterances = [
        Utterance(conditioning, **{name: of_each[b] for name, of_each in drawn.items()})
        for b, conditioning in enumerate(conditionings)
    ]
    return _chunks(chunker, utterances, chunk_frames)


def _chunks(chunker: "Chunker", utterances: list["Utterance"], chunk_frames: int):
    while speaking := {b: utterance for b, utterance in enumerate(utterances) if not utterance.ended}:
        yield dict(zip(speaking, chunker.speak(list(speaking.values()), chunk_frames)))


@dataclasses.dataclass(eq=False)
class Utterance:
    """What is spoken, and how far it has been: the state that a call left behind for the next."""

    conditioning: np.ndarray  # float32 [F, C], as `check_conditioning` returns it.
    seed: int = 0
    temperature: float = 1.0
    speaker: int = 0
    spoken_frames: int = 0
    state: np.ndarray | None = None  # uint8 [state_bytes]; None before the first chunk.

    @property
    def ended(self) -> bool:
        """Whether all of it has been spoken."""
        return self.spoken_frames >= len(self.conditioning)


class Chunker:
    """One engine that speaks the next chunk of any utterances in one call, each from where it stands."""

    def __init__(self, voice: native.Voice, *, engine: str = "native", **options):
        """Opens the engine.

        Args:
          voice: a loaded voice.
          engine: "native", or "op" for the TensorFlow op.
          **options: `num_threads`, `isa`, `nonlinearities` of `native.generate`.

        Raises:
          ValueError, ImportError, RuntimeError: as `speak`.
        """
        self.info = voice.info
        self._call = _caller(voice, engine, options)
        self._fresh: np.ndarray | None = None

    def speak(self, utterances: Sequence[Utterance], chunk_frames: int) -> list[np.ndarray]:
        """Speaks the next frames of each, and moves it on; if the call fails, all stay where they are.

        Args:
          utterances: B >= 1, none of which has ended.
          chunk_frames: how many frames of each, less where it ends before.

        Returns:
          The mu-law levels of each, int32 `[frames * hop_samples]`.

        Raises:
          ValueError, RuntimeError: as `native.generate`.
        """
        lengths = np.array([len(utterance.conditioning) for utterance in utterances])
        first = np.array([utterance.spoken_frames for utterance in utterances])
        num_frames = np.minimum(chunk_frames, lengths - first)
        lookahead_frames = np.minimum(self.info.lookahead_frames, lengths - first - num_frames)
        shape = (len(utterances), (num_frames + lookahead_frames).max(), self.info.conditioning_channels)
        padded = np.zeros(shape, np.float32)
        for row, utterance in enumerate(utterances):
            chunk = utterance.conditioning[first[row] : first[row] + num_frames[row] + lookahead_frames[row]]
            padded[row, : len(chunk)] = chunk
        levels, states = self._call(
            padded,
            num_frames=num_frames,
            lookahead_frames=lookahead_frames,
            state=self._states(utterances),
            seed=np.array([utterance.seed for utterance in utterances], np.int64),
            temperature=np.array([utterance.temperature for utterance in utterances], np.float32),
            speaker=np.array([utterance.speaker for utterance in utterances], np.int32),
        )
        for utterance, frames, state in zip(utterances, num_frames, states):
            # Copies: a view would hold the whole call's for as long as any one utterance's are kept.
            utterance.spoken_frames, utterance.state = utterance.spoken_frames + int(frames), state.copy()
        return [row[: frames * self.info.hop_samples].copy() for row, frames in zip(levels, num_frames)]

    def _states(self, utterances: Sequence[Utterance]) -> np.ndarray | None:
        states = [utterance.state for utterance in utterances]
        if all(state is None for state in states):
            return None
        if self._fresh is None and any(state is None for state in states):
            # A call that speaks nothing leaves the state before the first sample: for one who joins others.
            nothing = np.zeros((1, 1, self.info.conditioning_channels), np.float32)
            _, (self._fresh,) = self._call(nothing, num_frames=np.zeros(1, np.int64))
        return np.stack([self._fresh if state is None else state for state in states])


def _caller(voice: native.Voice, engine: str, options: dict) -> Callable:
    """Returns what speaks a batch's chunk with `engine`: features and arguments in, `(levels [B, N], state)` out.

    The engine ends with what is returned, so that nobody has to close it: not a caller who gives up half way, either.
    """
    if engine == "native":
        opened = native.Engine(voice, **options)
        return lambda conditioning, **arguments: _as_arrays(opened.generate(conditioning, **arguments))
    if engine != "op":
        raise ValueError(f"engine is {engine!r}, must be one of {', '.join(ENGINES)}")
    from tf_wavenet import ops
    from tf_wavenet.ops.library import import_tensorflow

    tf = import_tensorflow()
    ops.load_ops()
    tensor = tf.constant(voice.data)

    def call(conditioning, **arguments):
        with op_errors(tf):
            return _as_arrays(ops.generate(tensor, conditioning, **arguments, **options))

    return call


@contextlib.contextmanager
def op_errors(tf):
    """Makes TensorFlow's errors within the `with` those that the engine raises, with the text that it gives them.

    Args:
      tf: the `tensorflow` module.

    Raises:
      ValueError: if the op refuses an argument.
      RuntimeError: if it fails for any other reason.
    """
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(_DECORATION.sub("", error.message)) from error
    except tf.errors.OpError as error:
        raise RuntimeError(_DECORATION.sub("", error.message)) from error


def _as_arrays(result) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(result.samples), np.asarray(result.state)
