"""The machine and versions that a figure belongs to."""

import importlib.metadata
import os
import pathlib
import platform

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
    """Returns CPU, cores, ISA and versions, ready for JSON."""
    return {
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
        "best_isa": native.best_isa(),
        "tf_wavenet": tf_wavenet.__version__,
        "tensorflow": _tensorflow_version(),
        "python": platform.python_version(),
    }


def _tensorflow_version() -> str:
    for distribution in ("tensorflow", "tensorflow-cpu"):
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            pass
    return "none"
