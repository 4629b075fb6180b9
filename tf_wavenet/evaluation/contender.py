"""Voices that are evaluated side by side, and the one among them that the others are held against."""

import dataclasses
import os
import pathlib
from collections.abc import Sequence

from tf_wavenet import export, native, voices
from tf_wavenet.config import VoiceConfig


@dataclasses.dataclass(frozen=True, eq=False)
class Contender:
    """A voice under evaluation."""

    path: pathlib.Path
    voice: native.Voice
    config: VoiceConfig  # Says how its features are computed, too.
    nonlinearities: str = ""  # As in `native.generate`; "" = the voice's own.
    temperature: float = 1.0  # At which the voice speaks where the caller names none.

    @property
    def precision(self) -> str:
        """Of weights and activations: "f32", "int16" or "int8"."""
        return self.voice.info.precision

    def speaker(self, name: str) -> int:
        """Returns who is to speak for the speaker of a recording: a voice of one speaker does for all.

        Raises:
          ValueError: if the voice has several, and `name` is none of them; "" stands for the first.
        """
        return self.config.model.speaker_index(name) if self.config.model.speakers else 0

    def fits(self, reference: "Contender") -> bool:
        """Whether this is the reference's network in another precision, as far as its sizes tell."""
        return self.config == reference.config


def load(path: str | os.PathLike, nonlinearities: str = "") -> Contender:
    """Loads a voice; raises what `native.load_voice` raises."""
    path = pathlib.Path(path)
    voice = native.load_voice(path)
    content = export.read_voice(path)
    return Contender(path, voice, content.config, nonlinearities, content.temperature)


def with_reference(
    contenders: Sequence[Contender], reference_path: str | os.PathLike | None = None
) -> tuple[list[Contender], Contender | None]:
    """Chooses what the voices are held against: the voice at `reference_path`; without one the first f32 voice among
    several, else, of voices that come with the package, the f32 voice that they were made of.

    Args:
      contenders: the voices to evaluate.
      reference_path: a voice file; None = choose.

    Returns:
      The voices, after the reference if it is not one of them; and the reference, None if there is none.

    Raises:
      FileNotFoundError: if `reference_path` is missing.
      ValueError: if it is not an f32 voice, or its config differs from a contender's.
    """
    contenders = list(contenders)
    if reference_path is not None:
        reference = load(reference_path)
        _require_reference(reference, contenders)
        same = (
            contender
            for contender in contenders
            if (contender.path.resolve(), contender.nonlinearities) == (reference.path.resolve(), "")
        )
        reference = next(same, reference)
    else:
        reference = next((contender for contender in contenders if contender.precision == "f32"), None)
        packaged = {voices.default_voice_path(precision).resolve() for precision in voices.PRECISIONS}
        if reference is None and packaged.issuperset(contender.path.resolve() for contender in contenders):
            reference = load(voices.default_voice_path("f32"))
        if contenders == [reference]:
            reference = None  # A voice alone is not held against itself.
    if reference is None or reference in contenders:
        return contenders, reference
    return [reference, *contenders], reference


def names(contenders: Sequence[Contender]) -> list[str]:
    """Returns what tables call the voices: file names, or paths where file names are not unique."""
    short = [contender.path.name for contender in contenders]
    return short if len(set(short)) == len(short) else [str(contender.path) for contender in contenders]


def _require_reference(reference: Contender, contenders: Sequence[Contender]) -> None:
    if reference.precision != "f32":
        raise ValueError(f"{reference.path}: is {reference.precision}, a reference must be f32")
    for contender in contenders:
        if not contender.fits(reference):
            raise ValueError(
                f"{contender.path} does not fit the reference {reference.path}: "
                f"{_first_difference(contender.config, reference.config)}"
            )


def _first_difference(config: VoiceConfig, wanted: VoiceConfig) -> str:
    for part, values in wanted.to_dict().items():
        for field, value in values.items():
            found = config.to_dict()[part][field]
            if found != value:
                return f"{part}.{field} is {found}, must be {value}"
    raise AssertionError("the configs are equal")
