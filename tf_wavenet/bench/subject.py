"""What is measured: one model, as tensors for the references and as a voice file for the op, and something to say."""

import dataclasses
import math
import pathlib

import numpy as np

from tf_wavenet import export, philox, spec
from tf_wavenet.config import VoiceConfig

MAX_SECONDS = 60.0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """A model, its inputs and the options of the run."""

    name: str
    config: VoiceConfig
    tensors: dict[str, np.ndarray]
    voice_path: pathlib.Path
    conditioning: np.ndarray  # float32 [F, C]
    samples: np.ndarray  # int32 [F * hop]: forced when rungs are verified.
    seed: int
    isa: str  # Of the engine; "" = best.

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

    def frames_for(self, count: int) -> int:
        """Frames that hold `count` samples."""
        return math.ceil(count / self.config.audio.hop_samples)


def random_subject(
    name: str, config: VoiceConfig, folder: pathlib.Path, *, seconds: float, seed: int, isa: str
) -> Subject:
    """A model of random weights: good for timing, since the time of a step does not depend on their values."""
    tensors = spec.random_tensors(config.model, seed)
    path = folder / "random.gguf"
    export.export_voice(config, tensors, path, name=f"random {name}")
    return _subject(name, config, tensors, path, seconds=seconds, seed=seed, isa=isa)


def voice_subject(path: pathlib.Path, *, seconds: float, seed: int, isa: str) -> Subject:
    """A voice file; the references get its tensors unpacked."""
    config, tensors = export.read_tensors(path)
    return _subject(path.stem, config, tensors, path, seconds=seconds, seed=seed, isa=isa)


def _subject(name, config, tensors, path, *, seconds, seed, isa) -> Subject:
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError(f"seconds is {seconds:g}, must be in (0, {MAX_SECONDS:g}]")
    hop = config.audio.hop_samples
    frames = max(1, round(seconds * config.audio.sample_rate_hz / hop))
    rng = np.random.default_rng(seed)
    mean, scale = tensors["conditioning.mean"], tensors["conditioning.scale"]
    walk = np.cumsum(rng.normal(size=(frames, mean.size)), axis=0) / math.sqrt(frames)
    return Subject(
        name=name,
        config=config,
        tensors=tensors,
        voice_path=path,
        conditioning=(mean + scale * walk).astype(np.float32),
        samples=rng.integers(0, config.model.output_channels, frames * hop, dtype=np.int32),
        seed=seed,
        isa=isa,
    )
