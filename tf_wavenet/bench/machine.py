"""The machine and versions that a figure belongs to."""

import importlib.metadata
import os
import pathlib
import platform
import shlex
import subprocess
import sys

import numpy as np

import tf_wavenet
from tf_wavenet import native


def cpu_name() -> str:
    """Returns the CPU's model name as the system tells it."""
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def describe() -> dict[str, str | int]:
    """Returns the command line, CPU, cores, ISA and versions, ready for JSON."""
    return {
        "command": shlex.join(["tf-wavenet", *sys.argv[1:]]),
        "commit": _commit(),
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
        "best_isa": native.best_isa(),
        "handover_ns": _handover_ns(),
        "tf_wavenet": tf_wavenet.__version__,
        "tensorflow": _tensorflow_version(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _handover_ns() -> int | str:
    """Returns how long a word takes from core to core; on virtual machines it may change from hour to hour."""
    try:
        return round(1e9 * native.measure_handover())
    except RuntimeError:
        return "none"


def _commit() -> str:
    """Returns the commit of the clone that the command runs in; a wheel does not know which it was built from."""
    try:
        clone = pathlib.Path(_git("rev-parse", "--show-toplevel"))
        if not (clone / "tf_wavenet" / "bench").is_dir():
            return "unknown"  # Of another project.
        return _git("describe", "--always", "--dirty")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def _tensorflow_version() -> str:
    for distribution in ("tensorflow", "tensorflow-cpu"):
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            pass
    return "none"
