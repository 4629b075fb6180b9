"""Prints what a voice file holds: config, cost of a sample, tensors, and how it was trained.

    tf-wavenet info
    tf-wavenet info voice.gguf --json=voice.json

Without a file it takes the voice that comes with the package. The file is checked in full first, as before speaking.
"""

import json
import pathlib

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options
from tf_wavenet.config import VoiceConfig


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_string("json", "", "File to write the same into.", flag_values=flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Prints."""
    if arguments and flags.voice:
        raise commands.UsageError(f"info: give {arguments[0]!r} or --voice, not both")
    json_path = options.output_file(flags.json) if flags.json else None
    content = describe(options.existing_voice(arguments[0]) if arguments else options.voice_path(flags))
    print("\n".join(report(content)))
    if json_path:
        json_path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {json_path}")


def describe(path: pathlib.Path) -> dict:
    """Returns all that a voice file says of itself, as plain values.

    Raises:
      FileNotFoundError, ValueError: if it is missing, or not a voice file that this version can read.
    """
    from tf_wavenet import export, native

    info = native.voice_info(path)  # First, since it is the strictest reader.
    voice = export.read_voice(path)
    model = voice.config.model
    return {
        "path": str(path),
        "bytes": path.stat().st_size,
        "name": voice.name,
        "description": voice.description,
        "precision": voice.precision,
        "temperature": voice.temperature,
        "checksum": f"{info.checksum:016x}",
        "config": voice.config.to_dict(),
        "multiply_adds_per_sample": model.weights_per_sample,
        "weight_bytes_per_sample": info.weight_bytes_per_sample,
        "receptive_field_samples": model.receptive_field_samples,
        "lookahead_frames": info.lookahead_frames,
        "state_bytes": info.state_bytes,
        "tensors": [
            {"name": tensor.name, "shape": list(tensor.shape), "type": tensor.type, "bytes": tensor.bytes}
            for tensor in voice.tensors
        ],
        "training": voice.training,
    }


def report(content: dict) -> list[str]:
    """Returns the lines that print `describe`'s result."""
    lines = [f"{content['path']}: {content['bytes'] / 1e6:.2f} MB", *summary(content), "", "tensors"]
    tensors = [(t["name"], str(t["shape"]), t["type"], f"{t['bytes']:,} bytes") for t in content["tensors"]]
    widths = [max(map(len, column)) for column in zip(*tensors)]
    for name, shape, kind, size in tensors:
        lines.append(f"  {name:{widths[0]}}  {shape:{widths[1]}}  {kind:{widths[2]}}  {size:>{widths[3]}}")
    lines += ["", "training" if content["training"] else "training: the file says nothing of it"]
    return lines + [f"  {name}: {value}" for name, value in _flat(content["training"] or {})]


def summary(content: dict) -> list[str]:
    """Returns the lines about name, config and cost of a sample in `describe`'s result."""
    config = VoiceConfig.from_dict(content["config"])
    audio, model = config.audio, config.model
    rate_hz, field = audio.sample_rate_hz, content["receptive_field_samples"]
    rows = {
        "name": content["name"],
        "description": content["description"],
        "audio": f"{rate_hz} Hz, {audio.mel_bands} mel bands of {audio.mel_min_hz:g} to {audio.mel_max_hz:g} Hz, "
        f"log floor {audio.log_floor:g}",
        "loudness": f"recordings are brought to {audio.loudness_lufs:g} LUFS" if audio.loudness_lufs else "",
        "pre-emphasis": f"{audio.preemphasis:g}, undone in what is spoken" if audio.preemphasis else "",
        "frames": f"hop {audio.hop_samples} samples ({1e3 * audio.hop_samples / rate_hz:g} ms), window "
        f"{audio.window_samples}, FFT {audio.fft_size}",
        "network": f"{model.layers} layers, {model.residual_channels} residual, {model.skip_channels} skip, "
        f"{model.output_channels} output channels, dilations 1 to {max(model.dilations)}"
        + (", tanh after the embedding" if model.embed_tanh else ""),
        "conditioning": f"{model.upsampling} between frames, context of {model.conditioning_context} on each side",
        "speakers": ", ".join(model.speakers),
        "temperature": f"{content['temperature']:g}",
        "receptive field": f"{field} samples ({1e3 * field / rate_hz:.1f} ms)",
        "a sample costs": f"{content['multiply_adds_per_sample']:,} multiply-adds, "
        f"{content['weight_bytes_per_sample']:,} bytes of weights ({content['precision']})",
        "a second costs": f"{2e-9 * content['multiply_adds_per_sample'] * rate_hz:.1f} GFLOP, "
        f"{1e-9 * content['weight_bytes_per_sample'] * rate_hz:.1f} GB of weights read",
        "state": f"{content['state_bytes']:,} bytes for each utterance",
        "checksum": content["checksum"],
    }
    return [f"  {name:{max(map(len, rows))}}  {value}" for name, value in rows.items() if value]


def _flat(values: dict, prefix: str = ""):
    """Yields (dotted name, value) of a nested dict."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
