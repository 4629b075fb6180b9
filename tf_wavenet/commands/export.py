"""Turns a checkpoint into a voice file, which the engine and the op read in place.

tf-wavenet export --checkpoint=runs/first/checkpoint.safetensors --output=voice.gguf --name="First voice"
"""

import pathlib

from absl import flags as absl_flags

from tf_wavenet.commands import options


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    absl_flags.DEFINE_string("checkpoint", "", "Checkpoint that train wrote.", flag_values=flags)
    absl_flags.DEFINE_string("output", "", "Voice file to write (.gguf).", flag_values=flags)
    absl_flags.DEFINE_string("name", "", "Name of the voice; empty = the output file's name.", flag_values=flags)
    absl_flags.DEFINE_string("description", "", "What the voice is, kept in the file.", flag_values=flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Exports."""
    checkpoint = pathlib.Path(options.required(flags, "checkpoint"))
    output = options.output_file(options.required(flags, "output"))

    from tf_wavenet import export
    from tf_wavenet.commands import info

    export.export_checkpoint(checkpoint, output, name=flags.name or output.stem, description=flags.description)
    content = info.describe(output)  # Read by the engine, so what is written can be spoken.
    print(f"wrote {output}: {content['bytes'] / 1e6:.2f} MB")
    print("\n".join(info.summary(content)))
