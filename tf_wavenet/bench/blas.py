"""BLAS libraries that the engine can multiply with in place of its own kernels: where they are installed."""

import importlib.metadata
import pathlib

# Distributions on PyPI, and how the file of each that has cblas_sgemv begins; a version may follow.
_LIBRARIES = {"openblas": ("scipy-openblas64", "libscipy_openblas64_.so"), "mkl": ("mkl", "libmkl_rt.so")}
NAMES = tuple(_LIBRARIES)


def find(name: str) -> pathlib.Path | None:
    """Returns the path of a BLAS library for `native.Engine(blas=...)`, or None if it is not installed.

    Args:
      name: "openblas" (distribution scipy-openblas64) or "mkl"; the extra `tf-wavenet[blas]` installs both.

    Raises:
      ValueError: if `name` is neither.
    """
    if name not in _LIBRARIES:
        raise ValueError(f"BLAS library is {name!r}, must be one of {', '.join(NAMES)}")
    distribution, library = _LIBRARIES[name]
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    paths = (pathlib.Path(file.locate()).resolve() for file in files if file.name.startswith(library))
    return next((path for path in paths if path.is_file()), None)
