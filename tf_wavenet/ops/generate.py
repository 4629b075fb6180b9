"""From log-mel frames to audio in one call: the op with its inputs made ready and its output decoded."""

import typing

from tf_wavenet.ops.decode import decode, deemphasize
from tf_wavenet.ops.fast_wavenet_inference import fast_wavenet_inference
from tf_wavenet.ops.library import import_tensorflow
from tf_wavenet.ops.loop_inputs import loop_inputs, tensor


class Generated(typing.NamedTuple):
    """Result of `generate`, as tensors."""

    audio: typing.Any  # float32 [B, F * hop_samples], nominally in [-1, 1].
    samples: typing.Any  # int32 [B, F * hop_samples]: mu-law levels.
    state: typing.Any  # uint8 [B, state_bytes]: feed it to the next call.


def generate(
    voice,
    conditioning,
    *,
    num_frames=None,
    lookahead_frames=None,
    seed=0,
    temperature=None,
    speaker=0,
    state=None,
    previous_audio=None,
    num_threads: int = 0,
    isa: str = "",
    nonlinearities: str = "",
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
      temperature: number or `[B]`, float32: divides the logits; positive. Below 1 is calmer, above 1 noisier.
        None = the voice's own, `native.voice_info(voice).temperature`.
      speaker: number or name of a speaker, a list of one for each utterance, or an int tensor `[]` or `[B]`; "" = the
        first. Chunks of an utterance keep to one: the state does not know it.
      state: uint8 `[B, state_bytes]` of the call before; None starts afresh.
      previous_audio: float32 `[B]`, the last sample of audio of the call before, `audio[:, -1]`: what the audio of a
        chunk goes on from where the voice has pre-emphasis. None = silence; samples and state do not depend on it.
      num_threads: at most 256; 0 = one for each physical core that the process may use.
      isa: "" = the best there is, or one of `native.available_isas()`.
      nonlinearities: how tanh, sigmoid and exp are computed, one of `native.NONLINEARITIES`; "" = the voice's own:
        "rational" for f32, "fixed" for integer precisions.

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
    inputs = loop_inputs(
        tf,
        voice,
        conditioning,
        num_frames=num_frames,
        lookahead_frames=lookahead_frames,
        temperature=temperature,
        speaker=speaker,
        state=state,
        num_threads=num_threads,
        isa=isa,
        nonlinearities=nonlinearities,
    )
    samples, next_state = fast_wavenet_inference(
        **inputs.tensors, seed=inputs.rows("seed", seed, tf.int64), **inputs.options
    )
    samples = inputs.shaped(samples)
    if previous_audio is not None:
        previous_audio = tensor(tf, "previous_audio", previous_audio, tf.float32)
        if previous_audio.shape.rank not in (None, 1):
            raise ValueError(f"previous_audio has shape {previous_audio.shape}, must be [B]")
    audio = deemphasize(tf, decode(tf, samples, inputs.info.output_channels), inputs.info.preemphasis, previous_audio)
    return Generated(audio, samples, inputs.shaped_state(next_state))
