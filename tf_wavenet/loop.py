"""One call of the sampling loop by ctypes: arguments checked, outputs allocated and trimmed. For `engine`."""

import ctypes
from collections.abc import Mapping

import numpy as np

from tf_wavenet import arguments, capi
from tf_wavenet.voice import VoiceInfo


class LoopCall:
    """Checked arguments of one call; `native.generate` says what each means. B = batch, N = frames * hop_samples.

    Attributes:
      info: of the voice.
      shape: `(B, N)`.
    """

    def __init__(
        self,
        info: VoiceInfo,
        conditioning: np.ndarray,
        *,
        num_frames,
        lookahead_frames,
        seed,
        temperature,
        speaker,
        state: np.ndarray | None,
        forced: tuple[str, np.ndarray | None],
    ):
        """Checks.

        `temperature` None is the voice's own; `forced` is what messages call the levels that enter the history, and
        these, int32 `[B, N]`, or None.

        Raises:
          ValueError: if an argument is wrong.
        """
        self.info = info
        conditioning = arguments.array("conditioning", conditioning, np.float32, "[F, C] or [B, F, C]", (2, 3))
        if conditioning.ndim == 2:
            conditioning = conditioning[None]
        batch, frames, channels = conditioning.shape
        self.shape = (batch, frames * info.hop_samples)

        lookahead = 0 if lookahead_frames is None else lookahead_frames
        trimmed = num_frames is None and np.ndim(lookahead) == 0
        lookahead_frames = arguments.rows("lookahead_frames", lookahead, batch, np.int32)
        if num_frames is None:
            if (lookahead_frames > frames).any():
                raise ValueError(
                    f"lookahead_frames reaches {lookahead_frames.max()}, must be at most the {frames} frames given"
                )
            num_frames = frames - np.maximum(lookahead_frames, 0)  # A negative one is for the engine to name.
        # A negative lookahead is refused by the engine before it counts.
        self._spoken = (frames - int(lookahead)) * info.hop_samples if trimmed else self.shape[1]

        if state is not None:
            state = np.atleast_2d(arguments.array("state", state, np.uint8, "[B, state_bytes]", (1, 2)))
            arguments.require_shape("state", state, (batch, info.state_bytes))
        name, levels = forced
        if levels is not None:
            levels = np.atleast_2d(arguments.array(name, levels, np.int32, "[B, F * hop_samples]", (1, 2)))
            arguments.require_shape(name, levels, self.shape)
        self._inputs = {
            "conditioning": conditioning,
            "num_frames": arguments.rows("num_frames", num_frames, batch, np.int32),
            "lookahead_frames": lookahead_frames,
            "seed": arguments.rows("seed", seed, batch, np.int64),
            "temperature": arguments.rows(
                "temperature", info.temperature if temperature is None else temperature, batch, np.float32
            ),
            "speaker": arguments.rows("speaker", arguments.speakers(speaker, info.speakers), batch, np.int32),
            "state_in": state,
            "forced": levels,
        }
        self._scalars = {
            "batch": batch,
            "frames": frames,
            "conditioning_channels": channels,
            "state_in_size": 0 if state is None else info.state_bytes,
        }

    def floats(self, wanted: bool, *per_sample: int) -> np.ndarray | None:
        """Returns room for float32 `[B, N, *per_sample]`, or None if it is not wanted."""
        return np.empty((*self.shape, *per_sample), np.float32) if wanted else None

    def run(
        self, function: str, engine: ctypes.c_void_p, **outputs: np.ndarray | None
    ) -> tuple[dict[str, np.ndarray | None], np.ndarray]:
        """Runs the loop.

        Args:
          function: of the C ABI, "tfwn_generate" or "tfwn_score".
          engine: of the C ABI, of the voice that `info` is of.
          **outputs: arrays `[B, N, ...]` to fill, by their name in `tfwn_request`; None where one is not wanted.

        Returns:
          `outputs`, without the lookahead's samples if one number of lookahead frames was given and no number of
          frames; and the state, uint8 `[B, state_bytes]`.

        Raises:
          ValueError, RuntimeError: as `capi.call`.
        """
        state_out = np.empty((self.shape[0], self.info.state_bytes), np.uint8)
        arrays: Mapping[str, np.ndarray | None] = {**self._inputs, **outputs, "state_out": state_out}
        pointers = {name: None if value is None else value.ctypes.data for name, value in arrays.items()}
        capi.call(function, engine, ctypes.byref(capi.RequestStruct(**self._scalars, **pointers)))
        return {k: None if v is None else v[:, : self._spoken] for k, v in outputs.items()}, state_out
