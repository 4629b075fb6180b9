"""From frames and samples to log-probabilities in one call: the op with its inputs made ready."""

import typing

from tf_wavenet.ops.fast_wavenet_score import fast_wavenet_score
from tf_wavenet.ops.library import import_tensorflow
from tf_wavenet.ops.loop_inputs import loop_inputs, tensor


class Scored(typing.NamedTuple):
    """Result of `score`, as tensors."""

    log_probs: typing.Any  # float32 [B, F * hop_samples]: natural logs; 0 past the frames that are scored.
    all_log_probs: typing.Any  # float32 [B, F * hop_samples, levels], or [B, F * hop_samples, 0] unless asked for.
    state: typing.Any  # uint8 [B, state_bytes]: feed it to the next call, of `score` or `generate`.


def score(
    voice,
    conditioning,
    samples,
    *,
    num_frames=None,
    lookahead_frames=None,
    temperature=1.0,
    speaker=0,
    state=None,
    return_all: bool = False,
    num_threads: int = 0,
    isa: str = "",
    nonlinearities: str = "",
) -> Scored:
    """Scores given samples: how probable each is to the voice, given those before it (teacher forcing).

        log_probs[b, t] = log softmax(logits(t) / temperature)[samples[b, t]]

    Works eagerly, in `tf.function` and in what `tf.saved_model.save` writes. The state afterwards is that of a voice
    that has spoken `samples`: `generate` can go on from there.

    Args:
      voice, conditioning, num_frames, lookahead_frames, speaker, state, num_threads, isa, nonlinearities: as in
        `generate`.
      samples: int32 `[F * hop_samples]` or `[B, F * hop_samples]`, mu-law levels (`tf_wavenet.audio.to_levels`). Those
        past the frames to score, the lookahead's too, are not read.
      temperature: number or `[B]`, float32: divides the logits; positive. None = the voice's own.
      return_all: fill `Scored.all_log_probs`.

    Returns:
      `Scored`; its tensors have a batch dimension even if `conditioning` has none, and end before the lookahead where
      `generate`'s do.

    Raises:
      ValueError: if `voice`, a type or a dtype or shape that is known beforehand is wrong.
      FileNotFoundError: if `voice` is a path where no file is.
      tf.errors.InvalidArgumentError: if the op refuses a value; a message about a level calls `samples` forced samples.
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
    samples = tensor(tf, "samples", samples, tf.int32)
    if samples.shape.rank == 1:
        samples = samples[tf.newaxis]
    log_probs, all_log_probs, next_state = fast_wavenet_score(
        **inputs.tensors, samples=samples, **inputs.options, all_levels=return_all
    )
    levels = inputs.info.output_channels if return_all else 0
    return Scored(inputs.shaped(log_probs), inputs.shaped(all_log_probs, levels), inputs.shaped_state(next_state))
