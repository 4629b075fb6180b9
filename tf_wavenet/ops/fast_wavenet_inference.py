"""The op itself, under its Python name."""

from tf_wavenet.ops.library import load_ops


def fast_wavenet_inference(
    voice,
    conditioning,
    num_frames,
    lookahead_frames,
    seed,
    temperature,
    speaker,
    state,
    *,
    num_threads=0,
    isa="",
    nonlinearities="",
    name=None,
):
    """Runs the whole sampling loop for a batch of utterances. B = batch, F = frames, C = conditioning channels.

    It is stateless and pure, so it may stand in `tf.function`, `tf.data` and SavedModels. `tf_wavenet.generate` is the
    comfortable way to call it.

    Args:
      voice: uint8 `[bytes]`, content of a voice file. Read in place, and checked when it is another one than before:
        the op keeps its engines, with their threads, for its next call.
      conditioning: float32 `[B, F, C]`, one frame per hop.
      num_frames: int32 `[B]`, frames to speak; samples past them are silence and cost nothing.
      lookahead_frames: int32 `[B]`, frames after those that a later call will speak; 0 ends the utterance.
      seed: int64 `[B]`.
      temperature: float32 `[]` or `[B]`, positive.
      speaker: int32 `[]` or `[B]`, place among the voice's speakers, from 0.
      state: uint8 `[B, S]`, `next_state` of the call before, or `[B, 0]` to start afresh.
      num_threads: Python int, at most 256; 0 = one for each physical core that the process may use.
      isa: Python str, "" = the best there is.
      nonlinearities: Python str, one of `native.NONLINEARITIES`; "" = the voice's own.
      name: name of the op in a graph.

    Returns:
      A pair: `samples` int32 `[B, F * hop]`, mu-law levels; `next_state` uint8 `[B, S]`.

    Raises:
      tf.errors.InvalidArgumentError: if an input is wrong (`ValueError` where a graph is built and shapes tell).
      tf.errors.FailedPreconditionError: if this machine cannot run `isa`.
      tf.errors.InternalError: if the voice's numbers are not finite.
      ImportError: if TensorFlow is missing.
    """
    return load_ops().tf_wavenet_fast_wave_net_inference(
        voice=voice,
        conditioning=conditioning,
        num_frames=num_frames,
        lookahead_frames=lookahead_frames,
        seed=seed,
        temperature=temperature,
        speaker=speaker,
        state=state,
        num_threads=num_threads,
        isa=isa,
        nonlinearities=nonlinearities,
        name=name,
    )
