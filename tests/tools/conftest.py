"""Lets the tests import the scripts of tools/ as the scripts import each other."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
