"""The op that scores given samples, under its Python name."""

from tf_wavenet.ops.library import load_ops


def fast_wavenet_score(
    voice,
    conditioning,
    num_frames,
    lookahead_frames,
    samples,
    temperature,
    speaker,
    state,
    *,
    num_threads=0,
    isa="",
    nonlinearities="",
    all_levels=False,
    name=None,
):
    """Runs the sampling loop over given samples, for a batch of utterances: how probable is each to the voice?

    B = batch, F = frames, C = conditioning channels, S = bytes of a state, a = mu-law levels. It is stateless and pure,
    so it may stand in `tf.function`, `tf.data` and SavedModels. `tf_wavenet.score` is the comfortable way to call it.

    Args:
      voice: uint8 `[bytes]`, content of a voice file. Read in place, and checked when it is another one than before:
        the op keeps its engines, with their threads, for its next call.
      conditioning: float32 `[B, F, C]`, one frame per hop.
      num_frames: int32 `[B]`, frames whose samples are scored; what lies past them costs nothing.
      lookahead_frames: int32 `[B]`, frames after those that a later call will score; 0 ends the utterance.
      samples: int32 `[B, F * hop]`, mu-law levels. Those past the frames to score are not read.
      temperature: float32 `[]` or `[B]`, positive: of the softmax that log-probabilities are taken of.
      speaker: int32 `[]` or `[B]`, place among the voice's speakers, from 0.
      state: uint8 `[B, S]`, `next_state` of the call before, or `[B, 0]` to start afresh.
      num_threads: Python int, at most 256; 0 = one for each physical core that the process may use.
      isa: Python str, "" = the best there is.
      nonlinearities: Python str, one of `native.NONLINEARITIES`; "" = the voice's own.
      all_levels: Python bool, whether to fill `all_log_probs`.
      name: name of the op in a graph.

    Returns:
      A triple: `log_probs` float32 `[B, F * hop]`, natural log of each sample's probability given those before it, 0
      past `num_frames`; `all_log_probs` float32 `[B, F * hop, a]`, that of every level, or `[B, F * hop, 0]` without
      `all_levels`; `next_state` uint8 `[B, S]`.

    Raises:
      tf.errors.InvalidArgumentError: if an input is wrong (`ValueError` where a graph is built and shapes tell); a
        message about a level calls `samples` forced samples.
      tf.errors.FailedPreconditionError: if this machine cannot run `isa`.
      tf.errors.InternalError: if the voice's numbers are not finite.
      ImportError: if TensorFlow is missing.
    """
    return load_ops().tf_wavenet_fast_wave_net_score(
        voice=voice,
        conditioning=conditioning,
        num_frames=num_frames,
        lookahead_frames=lookahead_frames,
        samples=samples,
        temperature=temperature,
        speaker=speaker,
        state=state,
        num_threads=num_threads,
        isa=isa,
        nonlinearities=nonlinearities,
        all_levels=all_levels,
        name=name,
    )
