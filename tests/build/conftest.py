"""What tests of the build share: the repository, its list of sources, a compiler."""

import os
import pathlib
import subprocess

import pytest


@pytest.fixture(scope="session")
def repository():
    return pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sources(repository):
    """The lists of cc/sources.bzl by name."""
    lists = {}
    exec((repository / "cc/sources.bzl").read_text(), lists)
    return lists


@pytest.fixture(scope="session")
def compile_cc(repository):
    """`compile_cc(*arguments)` runs the C++ compiler in the repository and returns what it said, or fails the test."""

    def run(*arguments):
        command = [os.environ.get("CXX", "g++"), "-I.", *map(str, arguments)]
        result = subprocess.run(command, cwd=repository, capture_output=True, text=True)
        assert result.returncode == 0, f"{' '.join(command)}\n{result.stderr}"
        return result.stderr

    return run
