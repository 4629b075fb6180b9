"""An evaluation as the page shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from tf_wavenet import evaluation
from tf_wavenet.report.content import ORIGINAL, Report, Row, Spoken, System

CLASSICAL_NOTES = {
    "Griffin-Lim": "phases by iteration, from the same mel",
    "WORLD": "pitch, envelope, aperiodicity of the recording",
}


def gather(
    measured: evaluation.Evaluation,
    *,
    machine: Mapping[str, Any],
    commands: Sequence[tuple[str, str]],
    date: str,
    num_players: int = 3,
    ladder: Mapping[str, Any] | None = None,
) -> Report:
    """Sorts what was measured into the page's parts.

    Args:
      measured: with its audio (`keep_audio`); all systems at one sample rate. Codecs and schedules get rows of the
        table, but no players: they would sound like others.
      machine, commands, date, ladder: as in `Report`.
      num_players: sentences that can be heard, the first of those measured.

    Raises:
      ValueError: if there is no audio, or several rates.
    """
    if measured.originals is None:
        raise ValueError("the evaluation has no audio: evaluate with keep_audio=True")
    names = _names(measured.systems)
    heard = {i: _system(measured, i, names) for i, s in enumerate(measured.systems) if s.kind in ("classical", "voice")}
    original = System(key=ORIGINAL, name="Original", note="the recording")
    return Report(
        systems=[original, *heard.values()],
        sentences=[_spoken(measured, at, heard) for at in range(min(num_players, len(measured.sentences)))],
        sample_rate_hz=sample_rate_of(measured.systems),
        metrics=measured.metrics,
        rows=[
            Row(name=names[i], key=_key(i) if i in heard else "", estimates=measured.estimates(i))
            for i in range(len(names))
        ],
        differences=[
            Row(name=names[i], key=_key(i), estimates=estimates, base=names[measured.reference_index])
            for i in range(len(names))
            if (estimates := measured.differences(i)) is not None
        ],
        num_measured=len(measured.sentences),
        machine=machine,
        commands=commands,
        date=date,
        ladder=ladder,
    )


def sample_rate_of(systems: Sequence[evaluation.System]) -> int:
    """Returns the rate in Hz at which all speak; raises `ValueError` if they do not agree."""
    rates = {system.config.audio.sample_rate_hz for system in systems}
    if len(rates) != 1:
        raise ValueError(f"the voices speak at {' and '.join(map(str, sorted(rates)))} Hz, must be one rate on a page")
    return rates.pop()


def _key(index: int) -> str:
    return f"system-{index}"


def _names(systems: Sequence[evaluation.System]) -> list[str]:
    """Returns what the page calls systems: voices by their precision, where that tells them apart."""
    precisions = [system.contender.precision for system in systems if system.kind == "voice"]
    short = len(set(precisions)) == len(precisions)
    return [f"WaveNet {s.contender.precision}" if short and s.kind == "voice" else s.name for s in systems]


def _system(measured: evaluation.Evaluation, index: int, names: Sequence[str]) -> System:
    system = measured.systems[index]
    if system.kind == "classical":
        return System(key=_key(index), name=names[index], note=CLASSICAL_NOTES.get(system.name, "no network"))
    precision = system.contender.precision
    note = system.name if names[index] != system.name else precision
    return System(
        key=_key(index),
        name=names[index],
        note=note,
        precision=precision,
        base=_key(measured.reference_index) if measured.differences(index) is not None else "",
        times_real_time=measured.times_real_time(index),
    )


def _spoken(measured: evaluation.Evaluation, at: int, heard: Mapping[int, System]) -> Spoken:
    sentence = measured.sentences[at]
    results = {system.key: measured.results[index][at] for index, system in heard.items()}
    return Spoken(
        name=sentence.name,
        text=sentence.text,
        waveforms={ORIGINAL: measured.originals[at], **{key: result.audio for key, result in results.items()}},
        measures={key: result.metrics for key, result in results.items()},
    )
