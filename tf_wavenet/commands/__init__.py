"""The subcommands of `tf-wavenet`, one module each.

A command module has a docstring (what --help prints), `define_flags(flags)`, which defines its flags in the
`absl.flags.FlagValues` it is given, and `run(flags, arguments) -> int | None`, which returns the exit code (None = 0).
Flags live in a FlagValues of each run, not in absl's global one: commands share names, and a test runs many of them.
Modules import what is heavy inside `run`, so that --help is quick and a command needs only what it uses.
"""

import dataclasses
import importlib

from absl import flags as absl_flags


@dataclasses.dataclass(frozen=True)
class Command:
    """Where a command lives, what it does in one line, and the names of its optional positional arguments; a last name
    that ends in "..." stands for any number of them."""

    module: str
    summary: str
    arguments: tuple[str, ...] = ()

    @property
    def max_arguments(self) -> float:
        """How many positional arguments it takes at most."""
        many = self.arguments and self.arguments[-1].endswith("...")
        return float("inf") if many else len(self.arguments)


COMMANDS = {
    "demo": Command("tf_wavenet.commands.demo", "speak a test sentence through the TensorFlow op, draw it, time it"),
    "train": Command("tf_wavenet.commands.train", "train a voice on a folder of recordings"),
    "export": Command("tf_wavenet.commands.export", "turn a checkpoint into a voice file"),
    "synthesize": Command(
        "tf_wavenet.commands.synthesize", "speak the mel features of recordings (or of files)", ("FILE_OR_DIR ...",)
    ),
    "evaluate": Command("tf_wavenet.commands.evaluate", "measure how well voices speak test sentences", ("VOICE ...",)),
    "serve": Command(
        "tf_wavenet.commands.serve", "serve a page on which voices are heard as they speak", ("VOICE ...",)
    ),
    "info": Command("tf_wavenet.commands.info", "print what a voice file holds", ("VOICE",)),
    "cost": Command(
        "tf_wavenet.commands.cost", "tell what a sample costs, and how fast it can be at best, for any sizes"
    ),
    "bench": Command(
        "tf_wavenet.commands.bench", "time the engine beside what the machine can do, or the ladder of ways to generate"
    ),
}


class UsageError(Exception):
    """The command line is wrong; the message says how."""


def run(name: str, command: Command, argv: list[str]) -> int:
    """Parses `argv` (what follows the command's name) and runs the command.

    Returns:
      The exit code.

    Raises:
      UsageError: for unknown flags, values that do not parse, superfluous arguments.
    """
    module, flags = _load(command)
    try:
        arguments = flags([f"tf-wavenet {name}", *argv])[1:]
    except absl_flags.Error as error:
        raise UsageError(f"{name}: {error} ('tf-wavenet {name} --help' lists the flags)") from error
    if len(arguments) > command.max_arguments:
        raise UsageError(
            f"{name}: unexpected argument {arguments[len(command.arguments)]!r}; values belong to flags: --flag=value"
        )
    return module.run(flags, arguments) or 0


def help_text(name: str, command: Command) -> str:
    """Returns usage, description and flags of a command."""
    module, flags = _load(command)
    positional = "".join(f" [{argument}]" for argument in command.arguments)
    lines = [f"usage: tf-wavenet {name}{positional} [--flag=value ...]", "", module.__doc__.strip(), ""]
    for flag_name in flags:  # In the order of their definition.
        flag = flags[flag_name]
        has_default = flag.default not in (None, "") and not flag.boolean
        default = f" (default {flag.default_as_str[1:-1]})" if has_default else ""
        prefix = "--[no]" if flag.boolean else "--"
        lines += [f"  {prefix}{flag_name}", f"      {flag.help}{default}"]
    return "\n".join(lines)


def _load(command: Command):
    module = importlib.import_module(command.module)
    flags = absl_flags.FlagValues()
    module.define_flags(flags)
    absl_flags.DEFINE_bool("verbose", False, "Print the traceback of an error too.", flag_values=flags)
    return module, flags
