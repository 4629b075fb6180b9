"""`tf-wavenet COMMAND`: finds the command, parses its flags, turns errors into one line and an exit code.

Exit codes: 0 done, 1 the command failed (a bad file, say), 2 the command line is wrong, 130 interrupted.
"""

import difflib
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import tf_wavenet
from tf_wavenet import commands

# What a user can put right: bad arguments and files, missing packages, a machine that lacks an instruction set.
_USER_ERRORS = (ValueError, OSError, RuntimeError, ImportError)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
      argv: the arguments after the program's name; None takes them from the process.

    Returns:
      The exit code.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    handler = logging.StreamHandler()  # Made here, since sys.stderr may have been replaced since the last call.
    handler.setFormatter(logging.Formatter("tf-wavenet: %(message)s"))
    logger = logging.getLogger("tf_wavenet")
    logger.addHandler(handler)
    try:
        code = _run(argv)
        sys.stdout.flush()  # Here, where a closed pipe is caught.
        return code
    except commands.UsageError as error:
        print(f"tf-wavenet: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("tf-wavenet: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `tf-wavenet info | head`: the reader has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except _USER_ERRORS as error:
        if "--verbose" in argv:
            traceback.print_exc()
        print(f"tf-wavenet: error: {error}", file=sys.stderr)
        return 1
    finally:
        logger.removeHandler(handler)


def _run(argv: list[str]) -> int:
    if not argv or argv[0] in ("--help", "-h", "-help", "help"):
        print(_overview())
        return 0 if argv else 2
    if argv[0] in ("--version", "-version"):
        print(f"tf-wavenet {tf_wavenet.__version__}")
        return 0
    name, *rest = argv
    if name not in commands.COMMANDS:
        raise commands.UsageError(f"{_unknown(name)} ('tf-wavenet --help' lists the commands)")
    command = commands.COMMANDS[name]
    if any(argument in ("--help", "-h", "-help") for argument in rest):
        print(commands.help_text(name, command))
        return 0
    return commands.run(name, command, rest)


def _overview() -> str:
    width = max(map(len, commands.COMMANDS))
    lines = [f"  {name:{width}}  {command.summary}" for name, command in commands.COMMANDS.items()]
    return "\n".join(
        ["usage: tf-wavenet COMMAND [--flag=value ...]", "", *lines, "", "tf-wavenet COMMAND --help lists its flags."]
    )


def _unknown(name: str) -> str:
    nearest = difflib.get_close_matches(name, commands.COMMANDS, n=1)
    suggestion = f"; did you mean {nearest[0]!r}?" if nearest else ""
    what = "flag before the command" if name.startswith("-") else "unknown command"
    return f"{what}: {name!r}{suggestion}"


if __name__ == "__main__":
    sys.exit(main())
