"""What a voice is made of: audio features and network sizes. Standard library only.

Both classes are frozen and check themselves; a wrong value never travels further than its constructor.
"""

import dataclasses
import re
from typing import Any, Mapping

MAX_DILATION_CYCLE = 16
MAX_SPEAKERS = 256
_SPEAKER_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class ConfigBase:
    """`to_dict` / `from_dict` for the frozen config classes."""

    def to_dict(self) -> dict[str, Any]:
        """Returns the fields as plain Python values, ready for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]):
        """Builds the config from `to_dict`'s result; raises `ValueError` for unknown or missing keys."""
        if not isinstance(values, Mapping):
            raise ValueError(f"{cls.__name__} is built from a mapping, got {values!r}")
        fields = {field.name: field for field in dataclasses.fields(cls)}
        unknown = sorted(set(values) - set(fields))
        if unknown:
            raise ValueError(f"{cls.__name__} has no field {', '.join(unknown)}; it has {', '.join(sorted(fields))}")
        converted = {}
        for name, value in values.items():
            nested = fields[name].type
            is_config = isinstance(nested, type) and issubclass(nested, ConfigBase)
            if is_config and isinstance(value, Mapping):
                value = nested.from_dict(value)
            converted[name] = tuple(value) if isinstance(value, list) else value  # JSON knows no tuples.
        try:
            return cls(**converted)
        except TypeError as error:
            raise ValueError(f"{cls.__name__}: {error}") from error

    def _require(self, ok: bool, field: str, rule: str) -> None:
        if not ok:
            raise ValueError(f"{type(self).__name__}.{field} is {getattr(self, field)!r}, must be {rule}")

    def _require_int(self, field: str, low: int, high: int) -> None:
        value = getattr(self, field)
        ok = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        self._require(ok, field, f"an integer in [{low}, {high}]")

    def _require_number(self, field: str, low: float, high: float) -> None:
        value = getattr(self, field)
        ok = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
        self._require(ok, field, f"a number in [{low:g}, {high:g}]")


@dataclasses.dataclass(frozen=True, kw_only=True)
class AudioConfig(ConfigBase):
    """Waveform rate and log-mel analysis: `log(max(filterbank @ |STFT|, log_floor))`, frame f centred at f * hop."""

    sample_rate_hz: int = 16000
    hop_samples: int = 200  # 12.5 ms: the frame rate of Tacotron and Deep Voice.
    window_samples: int = 800  # 50 ms Hann window: resolves harmonics of low voices.
    fft_size: int = 1024  # The next power of two above the window.
    mel_bands: int = 80
    mel_min_hz: float = 50.0
    mel_max_hz: float = 7600.0
    log_floor: float = 1e-5  # -100 dB: below it there is only quantization noise.
    loudness_lufs: float = 0.0  # Recordings are brought to it before all else (`audio.loudness`); 0 = left as they are.
    preemphasis: float = 0.0  # Of the waveform before mu-law, not before the mel analysis (`audio.levels`).

    def __post_init__(self):
        self._require_int("sample_rate_hz", 1000, 192000)
        self._require_int("hop_samples", 1, 1 << 16)
        self._require_int("fft_size", 2, 1 << 16)
        self._require_int("window_samples", 1, self.fft_size)
        self._require_int("mel_bands", 1, 1 << 12)
        self._require_number("mel_max_hz", 1.0, self.sample_rate_hz / 2)
        self._require_number("mel_min_hz", 0.0, self.mel_max_hz)
        self._require(self.mel_min_hz < self.mel_max_hz, "mel_min_hz", f"below mel_max_hz ({self.mel_max_hz:g})")
        self._require_number("log_floor", 1e-12, 1.0)
        self._require_number("loudness_lufs", -60.0, 0.0)
        self._require_number("preemphasis", 0.0, 0.99)


@dataclasses.dataclass(frozen=True, kw_only=True)
class WaveNetConfig(ConfigBase):
    """Sizes of Deep Voice's WaveNet (arXiv:1702.07825, section 3.5 and appendix A)."""

    layers: int = 20
    residual_channels: int = 32
    skip_channels: int = 128
    output_channels: int = 256  # mu-law levels, and the width of the hidden output layer.
    dilation_cycle: int = 10  # Dilations 1, 2, 4, ..., 512, then again from 1.
    conditioning_channels: int = 80
    conditioning_context: int = 1  # Frames on each side that a frame's projection sees.
    upsampling: str = "linear"  # Between frames; "repeat" holds each frame's projection.
    embed_tanh: bool = False  # Deep Voice squashes the embedding; plain works as well and is cheaper.
    speakers: tuple[
        str, ...
    ] = ()  # Names. Each has biases of its own in every gate; none = one speaker without a name.

    def __post_init__(self):
        self._require_int("layers", 1, 1 << 10)
        for field in ("residual_channels", "skip_channels", "conditioning_channels"):
            self._require_int(field, 1, 1 << 12)
        self._require_int("output_channels", 2, 1 << 12)
        self._require_int("dilation_cycle", 1, MAX_DILATION_CYCLE)
        self._require_int("conditioning_context", 0, 16)
        self._require(self.upsampling in ("linear", "repeat"), "upsampling", "'linear' or 'repeat'")
        self._require(isinstance(self.embed_tanh, bool), "embed_tanh", "a bool")
        names = self.speakers if isinstance(self.speakers, tuple) else (None,)
        ok = all(isinstance(name, str) and _SPEAKER_NAME.fullmatch(name) for name in names)
        ok = ok and len(set(names)) == len(names) <= MAX_SPEAKERS
        self._require(ok, "speakers", f"up to {MAX_SPEAKERS} different names of letters, digits, '_', '.' and '-'")

    @property
    def dilations(self) -> tuple[int, ...]:
        """Dilation of each layer, in samples."""
        return tuple(2 ** (i % self.dilation_cycle) for i in range(self.layers))

    @property
    def receptive_field_samples(self) -> int:
        """Newest samples that a prediction can see: the embedding sees two, each layer adds its dilation."""
        return sum(self.dilations) + 2

    @property
    def lookahead_frames(self) -> int:
        """Frames after the current one that a sample's conditioning depends on."""
        return self.conditioning_context + (self.upsampling == "linear")

    @property
    def bias_rows(self) -> int:
        """Rows of each layer's conditioning bias: one for each speaker, one where none has a name."""
        return max(1, len(self.speakers))

    def speaker_index(self, name: str) -> int:
        """Returns the row of a speaker; "" stands for the first. Raises `ValueError` for one that the voice lacks."""
        return speaker_index(self.speakers, name)

    @property
    def silence_level(self) -> int:
        """mu-law level of 0.0, which stands before the first sample."""
        return self.output_channels // 2

    @property
    def weights_per_sample(self) -> int:
        """Multiply-adds of one step, conditioning aside (Deep Voice, appendix E)."""
        r, s, a = self.residual_channels, self.skip_channels, self.output_channels
        return self.layers * (4 * r * r + r * s) + (self.layers - 1) * r * r + a * s + a * a


@dataclasses.dataclass(frozen=True, kw_only=True)
class VoiceConfig(ConfigBase):
    """All that a checkpoint or a voice file must know of itself."""

    audio: AudioConfig = AudioConfig()
    model: WaveNetConfig = WaveNetConfig()

    def __post_init__(self):
        self._require(isinstance(self.audio, AudioConfig), "audio", "an AudioConfig")
        self._require(isinstance(self.model, WaveNetConfig), "model", "a WaveNetConfig")
        if self.model.conditioning_channels != self.audio.mel_bands:
            raise ValueError(
                f"WaveNetConfig.conditioning_channels is {self.model.conditioning_channels}, "
                f"must equal AudioConfig.mel_bands ({self.audio.mel_bands})"
            )


# Deep Voice's three sizes: layers / residual / skip channels.
PRESETS = {
    "small": WaveNetConfig(layers=20, residual_channels=32, skip_channels=128),
    "medium": WaveNetConfig(layers=20, residual_channels=64, skip_channels=128),
    "large": WaveNetConfig(layers=40, residual_channels=64, skip_channels=256),
}


def speaker_index(speakers: tuple[str, ...], name: str) -> int:
    """Returns the place of a voice's speaker among its `speakers`; "" stands for the first.

    Raises:
      ValueError: for one that the voice lacks.
    """
    if not name:
        return 0
    if name not in speakers:
        known = f"it has {', '.join(speakers)}" if speakers else "its one speaker has no name"
        raise ValueError(f"speaker is {name!r}, which the voice lacks: {known}")
    return speakers.index(name)


def preset(name: str) -> WaveNetConfig:
    """Returns the network sizes called `name`: 'small', 'medium' or 'large'."""
    if name not in PRESETS:
        raise ValueError(f"preset is {name!r}, must be one of {', '.join(PRESETS)}")
    return PRESETS[name]
