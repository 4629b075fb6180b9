"""What is measured: one model, as tensors for the references and as a voice file for the engine; and what to say."""

import dataclasses
import math
import pathlib

import numpy as np

from tf_wavenet import export, native, philox
from tf_wavenet.bench import random_voice
from tf_wavenet.config import VoiceConfig

MAX_SECONDS = 60.0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """A model, its inputs and the options of the run."""

    name: str
    config: VoiceConfig
    tensors: dict[str, np.ndarray]  # float32; of an integer voice what its integers stand for.
    voice_path: pathlib.Path
    precision: str  # Of the voice file.
    conditioning: np.ndarray  # float32 [F, C]
    samples: np.ndarray  # int32 [F * hop]: forced when rungs are verified.
    seed: int
    nonlinearities: str = ""  # Of the engine; "" = the voice's own.
    rate_hz: int | None = None  # At which it is taken to speak; None = the config's.

    @property
    def sample_rate_hz(self) -> int:
        """Samples in a second of audio."""
        return self.rate_hz or self.config.audio.sample_rate_hz

    @property
    def uniforms(self) -> np.ndarray:
        """The uniforms that the op draws with, float32 `[F * hop]`."""
        return philox.uniforms(self.seed, 0, self.samples.size)

    def inputs(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """What the references take for `count` samples: conditioning `[1, F, C]` and uniforms `[1, count]`."""
        return self.conditioning[None, : self.frames_for(count)], self.uniforms[None, :count]

    def forced(self, count: int) -> np.ndarray:
        """The first `count` samples to be forced, `[1, count]`."""
        return self.samples[None, :count]

    def forced_frames(self, count: int) -> np.ndarray:
        """The same as far as they go, then level 0 to the end of the last frame: for those who speak whole frames."""
        forced = np.zeros((1, self.frames_for(count) * self.config.audio.hop_samples), np.int32)
        forced[:, :count] = self.forced(count)
        return forced

    def frames_for(self, count: int) -> int:
        """Frames that hold `count` samples."""
        return math.ceil(count / self.config.audio.hop_samples)


def random_subject(
    name: str, config: VoiceConfig, folder: pathlib.Path, *, precision: str = "f32", seed: int, **inputs
) -> Subject:
    """A model of random weights, whose voice file is written into `folder`; `inputs` as `voice_subject` takes them."""
    path = folder / f"{name}-{precision}.gguf"
    random_voice.write(path, config, precision, name=f"random {name}", seed=seed)
    return dataclasses.replace(voice_subject(path, seed=seed, **inputs), name=name)


def voice_subject(path: pathlib.Path, *, seconds: float, seed: int, nonlinearities: str = "") -> Subject:
    """A voice file; the references get its tensors unpacked, and all get `seconds` of random features and samples.

    Raises:
      ValueError: if `seconds` is out of range.
      FileNotFoundError, ValueError: as `native.load_voice`.
    """
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError(f"seconds is {seconds:g}, must be in (0, {MAX_SECONDS:g}]")
    info = native.voice_info(path)  # First, since it is the strictest reader.
    config, tensors = export.read_tensors(path)
    hop = config.audio.hop_samples
    frames = max(1, round(seconds * config.audio.sample_rate_hz / hop))
    rng = np.random.default_rng(seed)
    mean, scale = tensors["conditioning.mean"], tensors["conditioning.scale"]
    walk = np.cumsum(rng.normal(size=(frames, mean.size)), axis=0) / math.sqrt(frames)
    return Subject(
        name=path.stem,
        config=config,
        tensors=tensors,
        voice_path=path,
        precision=info.precision,
        conditioning=(mean + scale * walk).astype(np.float32),
        samples=rng.integers(0, config.model.output_channels, frames * hop, dtype=np.int32),
        seed=seed,
        nonlinearities=nonlinearities,
    )
