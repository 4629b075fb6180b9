"""Turns a checkpoint into a voice file, which the engine and the op read as it is.

    tf-wavenet export --checkpoint=runs/first/checkpoint.safetensors --output=voice.gguf --name="First voice"
    tf-wavenet export --voice=voice.gguf --output=voice_int8.gguf --precision=int8 --calibration=recordings

Integers are smaller and faster, and need recordings of the voice: they tell how far activations reach and which errors
of weights cancel. What quantization did to each tensor is printed: its scale, or the range of its rows' scales; how
many of an activation's values are clipped; how near the largest possible sum of a row comes to 2^31, where int32 ends;
and the ratio of signal to quantization noise.
"""

import pathlib

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options

_PRECISIONS = ["f32", "int16", "int8"]


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    absl_flags.DEFINE_string("checkpoint", "", "Checkpoint that train wrote.", flag_values=flags)
    absl_flags.DEFINE_string("voice", "", "Or a voice file of float32 weights to convert.", flag_values=flags)
    absl_flags.DEFINE_string("output", "", "Voice file to write (.gguf).", flag_values=flags)
    absl_flags.DEFINE_string(
        "name", "", "Name of the voice; empty = that of --voice, or the output file's name.", flag_values=flags
    )
    absl_flags.DEFINE_string(
        "description", "", "What the voice is, kept in the file; empty = that of --voice.", flag_values=flags
    )
    absl_flags.DEFINE_enum("precision", "f32", _PRECISIONS, "Numbers that a step computes with.", flag_values=flags)
    absl_flags.DEFINE_string(
        "calibration",
        "",
        "Recordings to calibrate integers on: a folder (its validation split, if it holds lists; else every wav and "
        "flac below it), or files separated by commas.",
        flag_values=flags,
    )
    absl_flags.DEFINE_float("calibration_seconds", 60.0, "How much of them to use, at least 1.", flag_values=flags)
    absl_flags.DEFINE_float(
        "temperature",
        None,
        "At which the voice speaks where nothing else is asked for; unset = that of --voice, or 1.",
        flag_values=flags,
    )


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Exports."""
    if flags.checkpoint and flags.voice:
        raise commands.UsageError("export: give --checkpoint or --voice, not both")
    if not flags.voice:
        options.required(flags, "checkpoint")
    if flags.precision == "f32" and flags.calibration:
        raise commands.UsageError("export: --calibration is for --precision=int16 or int8, f32 needs no recordings")
    if flags.precision != "f32":
        options.required(flags, "calibration")
    output = options.output_file(options.required(flags, "output"))

    from tf_wavenet import export
    from tf_wavenet.commands import info

    settings = {name: flags[name].value for name in ("description", "precision", "calibration", "calibration_seconds")}
    if flags.voice:
        settings |= {"name": flags.name, "temperature": flags.temperature}
        report = export.convert_voice(options.existing_voice(flags.voice), output, **settings)
    else:
        checkpoint = pathlib.Path(flags.checkpoint)
        settings |= {"name": flags.name or output.stem, "temperature": flags.temperature or 1.0}
        report = export.export_checkpoint(checkpoint, output, **settings)
    if report:
        print(export.report_table(report))
    content = info.describe(output)  # Read by the engine, so what is written can be spoken.
    print(f"wrote {output}: {content['bytes'] / 1e6:.2f} MB")
    print("\n".join(info.summary(content)))
