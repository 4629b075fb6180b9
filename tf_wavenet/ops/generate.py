"""From log-mel frames to audio in one call: the op with its inputs made ready and its output decoded."""

import math
import typing

from tf_wavenet import native
from tf_wavenet.ops.fast_wavenet_inference import fast_wavenet_inference
from tf_wavenet.ops.library import import_tensorflow


class Generated(typing.NamedTuple):
    """Result of `generate`, as tensors."""

    audio: typing.Any  # float32 [B, F * hop_samples] in [-1, 1].
    samples: typing.Any  # int32 [B, F * hop_samples]: mu-law levels.
    state: typing.Any  # uint8 [B, state_bytes]: feed it to the next call.


def generate(
    voice,
    conditioning,
    *,
    num_frames=None,
    lookahead_frames=None,
    seed=0,
    temperature=1.0,
    state=None,
    num_threads: int = 0,
    isa: str = "",
) -> Generated:
    """Speaks a batch of utterances. Works eagerly, in `tf.function` and in what `tf.saved_model.save` writes.

    Args:
      voice: path of a voice file, its content as bytes or as uint8 array, tensor or variable `[bytes]`, or a
        `native.Voice`. In a graph it becomes a constant, unless it is a variable or an eager tensor from outside.
      conditioning: float32 `[F, C]` or `[B, F, C]`: log-mel frames, one per hop.
      num_frames: int or `[B]`, frames to speak, so that utterances of a batch may differ in length; what lies past them
        is silence and costs nothing. None = all frames that are not lookahead.
      lookahead_frames: int or `[B]`, frames after those that a later call will speak and that serve this one as
        context. Chunked speech equals whole speech bit for bit if every chunk but the last brings at least
        `native.voice_info(voice).lookahead_frames` of them. None = 0: the utterance ends.
      seed: int or `[B]`, int64. Equal rows with equal seeds sound the same.
      temperature: divides the logits; positive. Below 1 is calmer, above 1 noisier.
      state: uint8 `[B, state_bytes]` of the call before; None starts afresh.
      num_threads: at least 0: validated; the engine runs on one thread for now.
      isa: "" = the best there is, or one of `native.available_isas()`.

    Returns:
      `Generated`; its tensors have a batch dimension even if `conditioning` has none. With `num_frames` None and
      one int for `lookahead_frames`, they end before the lookahead, so that chunks only need to be joined.

    Raises:
      ValueError: if `voice`, a type or a dtype or shape that is known beforehand is wrong.
      FileNotFoundError: if `voice` is a path where no file is.
      tf.errors.InvalidArgumentError: if the op refuses a value.
      ImportError: if TensorFlow is missing.
    """
    tf = import_tensorflow()
    if not tf.is_tensor(temperature):
        temperature = native.number("temperature", temperature)
    if not isinstance(isa, str):
        raise ValueError(f"isa is {isa!r}, must be a str")
    voice, info = _voice_tensor(tf, voice)
    conditioning = _tensor(tf, "conditioning", conditioning, tf.float32)
    if conditioning.shape.rank == 2:
        conditioning = conditioning[tf.newaxis]
    shape = tf.shape(conditioning, name="conditioning_shape")
    rank = conditioning.shape.rank
    if rank is not None and rank != 3:
        raise ValueError(f"conditioning has shape {conditioning.shape}, must be [F, C] or [B, F, C]")
    batch, frames = shape[0], shape[1]
    lookahead = 0 if lookahead_frames is None else lookahead_frames
    trimmed = num_frames is None and isinstance(lookahead, int) and lookahead > 0
    lookahead_frames = _rows(tf, "lookahead_frames", lookahead, batch, tf.int32)
    if num_frames is None:
        num_frames = frames - tf.maximum(lookahead_frames, 0)  # A negative one is for the engine to name.
    samples, next_state = fast_wavenet_inference(
        voice=voice,
        conditioning=conditioning,
        num_frames=_rows(tf, "num_frames", num_frames, batch, tf.int32),
        lookahead_frames=lookahead_frames,
        seed=_rows(tf, "seed", seed, batch, tf.int64),
        temperature=_tensor(tf, "temperature", temperature, tf.float32),
        state=tf.zeros([batch, 0], tf.uint8) if state is None else _tensor(tf, "state", state, tf.uint8),
        num_threads=num_threads,
        isa=isa,
    )
    static_batch, static_frames = (None, None) if rank is None else conditioning.shape[:2]
    static_samples = None if static_frames is None else static_frames * info.hop_samples
    samples = tf.ensure_shape(samples, [static_batch, static_samples])
    if trimmed:
        samples = samples[:, : -lookahead * info.hop_samples]
    next_state = tf.ensure_shape(next_state, [static_batch, info.state_bytes])
    return Generated(_decode(tf, samples, info.output_channels), samples, next_state)


def _voice_tensor(tf, voice):
    """Returns the voice as a uint8 tensor, and its info."""
    if not tf.is_tensor(voice):
        voice = native.load_voice(voice)
        return tf.constant(voice.data), voice.info
    # Outside of any graph that is being built, where eager tensors and variables have values.
    with tf.init_scope():
        value = voice.value() if isinstance(voice, tf.Variable) else voice
        if not hasattr(value, "numpy"):
            raise ValueError(
                "voice is a symbolic tensor, whose rate and levels are not known before it runs: pass the voice from "
                "outside the graph (path, bytes, eager tensor, variable), or call tf_wavenet.fast_wavenet_inference"
            )
        info = native.load_voice(value.numpy()).info
    return tf.convert_to_tensor(voice), info


def _tensor(tf, name, value, dtype):
    """Returns `value` as a tensor. Python numbers become `dtype`; an array of another one is a mistake upstream."""
    found = getattr(value, "dtype", None)
    if found is not None and tf.as_dtype(found) != dtype:
        raise ValueError(f"{name} is {tf.as_dtype(found).name}, must be {dtype.name}")
    return tf.convert_to_tensor(value, dtype, name=name)


def _rows(tf, name, value, batch, dtype):
    """Returns one integer per utterance, `[batch]`, from one for all or one for each."""
    if not tf.is_tensor(value):
        value = native.integers(name, value, dtype.as_numpy_dtype)
    elif not value.dtype.is_integer or value.dtype.size > dtype.size:
        raise ValueError(f"{name} is {value.dtype.name}, must be integers that fit {dtype.name}")
    value = tf.cast(value, dtype)
    return tf.broadcast_to(value, [batch]) if value.shape.rank == 0 else value


def _decode(tf, samples, levels):
    """mu-law levels to audio, as `tf_wavenet.audio.decode` computes it."""
    mu = levels - 1
    companded = 2.0 * tf.cast(samples, tf.float32) / mu - 1.0
    return tf.sign(companded) * tf.math.expm1(tf.abs(companded) * math.log1p(mu)) / mu
