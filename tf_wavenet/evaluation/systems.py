"""What is evaluated side by side: systems that make speech of a recording's features again."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from tf_wavenet import audio, native, synthesis
from tf_wavenet.config import VoiceConfig
from tf_wavenet.evaluation import classical
from tf_wavenet.evaluation.contender import Contender, names
from tf_wavenet.evaluation.metric import require_package
from tf_wavenet.evaluation.recordings import Heard

KINDS = ("codec", "classical", "voice", "schedule")
BASELINES = ("codec", "griffin-lim", "world")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Generation:
    """How voices speak freely: as in `native.generate`, but for `takes`."""

    seed: int = 0
    takes: int = 1  # Times that each sentence is spoken, with seeds from `seed` on; a measure is the mean over them.
    temperature: float | None = None  # None = each voice's own.
    num_threads: int = 0
    isa: str = ""

    def __post_init__(self):
        if self.takes < 1 or self.seed + self.takes > 1 << 63:
            raise ValueError(f"takes is {self.takes}, must be positive, and leave seeds from {self.seed} on below 2^63")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class System:
    """A row of the table."""

    name: str
    kind: str  # One of KINDS.
    config: VoiceConfig  # How it hears recordings.
    speak: Callable[[Heard, Generation], np.ndarray]  # Float of about [T], at the loudness of `Heard.waveform`.
    contender: Contender | None = None  # The voice, of kinds "voice" and "schedule".
    schedule: str = ""  # Of kind "schedule": one of `native.SCHEDULES`.
    seeded: bool = False  # Whether another seed says it in another way, so that takes differ.


def baseline(name: str, config: VoiceConfig) -> System:
    """Returns a system without a network.

    Args:
      name: one of `BASELINES`: "codec", the recording through the voice's mu-law levels and pre-emphasis;
        "griffin-lim", from the log-mel features that the voice gets; "world", from WORLD's analysis of the recording.
      config: of the voice that it stands beside.

    Raises:
      ImportError: if its package is missing.
      ValueError: if there is no such baseline.
    """
    if name == "codec":
        speak = lambda heard, generation: classical.codec(heard.waveform, config)
        return System(name="mu-law codec", kind="codec", config=config, speak=speak)
    if name == "griffin-lim":
        speak = lambda heard, generation: classical.griffin_lim(heard.mel, config.audio, generation.seed)
        return System(name="Griffin-Lim", kind="classical", config=config, speak=speak, seeded=True)
    if name == "world":
        require_package("WORLD", "pyworld")
        speak = lambda heard, generation: classical.world_vocoder(heard.waveform, config.audio.sample_rate_hz)
        return System(name="WORLD", kind="classical", config=config, speak=speak)
    raise ValueError(f"baseline is {name!r}, must be one of {', '.join(BASELINES)}")


def voice(contender: Contender, name: str = "") -> System:
    """Returns a voice that speaks freely, by the schedule that the engine thinks best; "" names it by its file."""
    speak = lambda heard, generation: _speak(contender, heard, generation)
    return System(
        name=name or contender.path.name,
        kind="voice",
        config=contender.config,
        speak=speak,
        contender=contender,
        seeded=True,
    )


def scheduled(contender: Contender, schedule: str, name: str = "") -> System:
    """Returns a voice that speaks by one of `native.SCHEDULES`: the same samples as by any other, if all is well.

    Raises:
      ValueError: if there is no such schedule.
    """
    if schedule not in native.SCHEDULES:
        raise ValueError(f"schedule is {schedule!r}, must be one of {', '.join(native.SCHEDULES)}")
    return System(
        name=f"{name or contender.path.name}, {schedule}",
        kind="schedule",
        config=contender.config,
        speak=lambda heard, generation: _speak(contender, heard, generation, schedule=schedule),
        contender=contender,
        schedule=schedule,
    )


def all_systems(
    contenders: Sequence[Contender], baselines: Sequence[str] = BASELINES, schedules: Sequence[str] = ()
) -> list[System]:
    """Returns the rows of a table: baselines as they stand beside the first voice, then each voice and its schedules.

    Raises:
      ImportError, ValueError: as `baseline` and `scheduled`.
    """
    systems = [baseline(name, contenders[0].config) for name in BASELINES if name in baselines]
    for contender, name in zip(contenders, names(contenders)):
        systems.append(voice(contender, name))
        systems += [scheduled(contender, schedule, name) for schedule in schedules]
    return systems


def _speak(contender: Contender, heard: Heard, generation: Generation, **options) -> np.ndarray:
    temperature = contender.temperature if generation.temperature is None else generation.temperature
    chunks = synthesis.speak(
        contender.voice,
        heard.mel,
        seed=generation.seed,
        temperature=temperature,
        speaker=contender.speaker(heard.speaker),
        num_threads=generation.num_threads,
        isa=generation.isa,
        nonlinearities=contender.nonlinearities,
        **options,
    )
    return audio.to_audio(np.concatenate(list(chunks)), contender.config)
