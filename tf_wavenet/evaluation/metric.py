"""What a measure of a synthesis against its original is."""

import dataclasses
import importlib.util
from collections.abc import Callable

import numpy as np


@dataclasses.dataclass(frozen=True)
class Metric:
    """`measure(original, synthesis, sample_rate_hz)` gives a float; `package` is what it needs beside ours."""

    name: str  # With its unit, as tables head it.
    measure: Callable[[np.ndarray, np.ndarray, int], float]
    package: str
    digits: int = 3  # After the point, in tables.
    higher_is_better: bool = True

    def require(self) -> None:
        """Raises `ImportError` if the package is missing."""
        require_package(self.name, self.package)


def require_package(what: str, package: str) -> None:
    """Raises `ImportError` if `what` cannot be had since its package, one of the extra `evaluate`, is missing."""
    if importlib.util.find_spec(package) is None:
        raise ImportError(f"{what} needs the package {package}: in the clone, pip install '.[evaluate]'")


def require_aligned(original: np.ndarray, synthesis: np.ndarray) -> None:
    """Raises `ValueError` unless both are one `[n]`."""
    if original.shape != synthesis.shape or original.ndim != 1:
        raise ValueError(
            f"original has shape {list(original.shape)} and synthesis {list(synthesis.shape)}, must be one [n]"
        )
