"""What the ops of the sampling loop have in common in Python: inputs made tensors, outputs given their shapes."""

import dataclasses
import typing

from tf_wavenet import arguments, native


@dataclasses.dataclass(frozen=True)
class LoopInputs:
    """Inputs that every op takes, by their names, as tensors; and what is known of their sizes."""

    tf: typing.Any  # The module.
    tensors: dict[str, typing.Any]
    options: dict[str, typing.Any]  # The ops' attributes.
    info: native.VoiceInfo
    batch: int | None  # None where a graph does not know it yet.
    num_samples: int | None  # Of a row: F * hop_samples.
    trim: int  # Samples of lookahead at a row's end, which the caller does not see.

    def rows(self, name: str, value, dtype):
        """Returns one integer per utterance, `[B]`, from one for all or one for each."""
        return _rows(self.tf, name, value, self.tf.shape(self.tensors["conditioning"])[0], dtype)

    def shaped(self, output, *per_sample: int):
        """Returns an output `[B, F * hop_samples, *per_sample]` with its static shape, and without the lookahead."""
        output = self.tf.ensure_shape(output, [self.batch, self.num_samples, *per_sample])
        return output[:, : -self.trim] if self.trim else output

    def shaped_state(self, state):
        """Returns the output `next_state` with its static shape."""
        return self.tf.ensure_shape(state, [self.batch, self.info.state_bytes])


def loop_inputs(
    tf,
    voice,
    conditioning,
    *,
    num_frames,
    lookahead_frames,
    temperature,
    speaker,
    state,
    num_threads,
    isa,
    nonlinearities,
) -> LoopInputs:
    """Makes the arguments of `generate`, which explains them, an op's inputs.

    Raises:
      ValueError: if the voice, a type or a dtype or shape that is known beforehand is wrong.
      FileNotFoundError: if `voice` is a path where no file is.
    """
    options = {"isa": isa, "nonlinearities": nonlinearities}
    for name, value in options.items():
        if not isinstance(value, str):
            raise ValueError(f"{name} is {value!r}, must be a str")
    voice, info = _voice_tensor(tf, voice)
    if temperature is None:
        temperature = info.temperature
    if not tf.is_tensor(temperature):
        temperature = native.numbers("temperature", temperature)
    conditioning = tensor(tf, "conditioning", conditioning, tf.float32)
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
    static_batch, static_frames = (None, None) if rank is None else conditioning.shape[:2]
    return LoopInputs(
        tf=tf,
        tensors={
            "voice": voice,
            "conditioning": conditioning,
            "num_frames": _rows(tf, "num_frames", num_frames, batch, tf.int32),
            "lookahead_frames": lookahead_frames,
            "temperature": tensor(tf, "temperature", temperature, tf.float32),
            "speaker": _rows(tf, "speaker", arguments.speakers(speaker, info.speakers), batch, tf.int32),
            "state": tf.zeros([batch, 0], tf.uint8) if state is None else tensor(tf, "state", state, tf.uint8),
        },
        options={"num_threads": num_threads, **options},
        info=info,
        batch=static_batch,
        num_samples=None if static_frames is None else static_frames * info.hop_samples,
        trim=lookahead * info.hop_samples if trimmed else 0,
    )


def tensor(tf, name, value, dtype):
    """Returns `value` as a tensor. Python numbers become `dtype`; an array of another one is a mistake upstream."""
    found = getattr(value, "dtype", None)
    if found is not None and tf.as_dtype(found) != dtype:
        raise ValueError(f"{name} is {tf.as_dtype(found).name}, must be {dtype.name}")
    return tf.convert_to_tensor(value, dtype, name=name)


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
                "outside the graph (path, bytes, eager tensor, variable), or call tf_wavenet.fast_wavenet_inference "
                "or tf_wavenet.fast_wavenet_score"
            )
        info = native.load_voice(value.numpy()).info
    return tf.convert_to_tensor(voice), info


def _rows(tf, name, value, batch, dtype):
    """Returns one integer per utterance, `[batch]`, from one for all or one for each."""
    if not tf.is_tensor(value):
        value = native.integers(name, value, dtype.as_numpy_dtype)
    elif not value.dtype.is_integer or value.dtype.size > dtype.size:
        raise ValueError(f"{name} is {value.dtype.name}, must be integers that fit {dtype.name}")
    value = tf.cast(value, dtype)
    return tf.broadcast_to(value, [batch]) if value.shape.rank == 0 else value
