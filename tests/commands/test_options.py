"""Checks of paths: what cannot be written is refused, and a check leaves no trace."""

import os
import tempfile

import pytest

from tf_wavenet import native, voices
from tf_wavenet.commands import options


def test_flags_offer_what_the_engine_has():
    assert options.NONLINEARITIES == ("", *native.NONLINEARITIES)
    assert set(native.available_isas()) <= set(options.ISAS)


def test_more_threads_than_the_flag_allows_are_refused_by_the_engine_too(tiny_voice):
    with pytest.raises(
        ValueError, match=f"num_threads is {options.MAX_THREADS + 1}, must be in 0..{options.MAX_THREADS}"
    ):
        native.Engine(tiny_voice, num_threads=options.MAX_THREADS + 1)


def test_output_file_leaves_everything_as_it_is(tmp_path):
    old, new = tmp_path / "old.wav", tmp_path / "new.wav"
    old.write_bytes(b"content")
    before = old.stat()
    assert options.output_file(str(old)) == old and options.output_file(new) == new
    assert os.listdir(tmp_path) == ["old.wav"]
    assert (old.read_bytes(), old.stat().st_mtime_ns) == (b"content", before.st_mtime_ns)


def test_existing_file_that_is_not_writable(monkeypatch, tmp_path):
    path = tmp_path / "out.wav"
    path.touch()
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)  # To root, all files are writable.
    with pytest.raises(PermissionError, match="out.wav: cannot be written"):
        options.output_file(path)


def test_folder_that_is_not_writable(monkeypatch, tmp_path):
    def refused(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    with pytest.raises(PermissionError, match=f"out.wav: no file can be made in the folder {tmp_path}"):
        options.output_file(tmp_path / "out.wav")


def test_folder_that_is_not_writable_even_to_root():
    with pytest.raises(PermissionError, match="/proc/out.wav: no file can be made in the folder /proc"):
        options.output_file("/proc/out.wav")


def test_output_folder_makes_nothing(tmp_path):
    there, missing = tmp_path / "there", tmp_path / "not" / "yet"
    there.mkdir()
    assert options.output_folder(str(there)) == there and options.output_folder(missing) == missing
    assert os.listdir(tmp_path) == ["there"] and not os.listdir(there)


@pytest.mark.parametrize("below", ["", "/one", "/one/two"])
def test_output_folder_that_is_or_lies_in_a_file(tmp_path, below):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match=f"^{tmp_path}/file{below}: {tmp_path}/file is not a folder"):
        options.output_folder(f"{tmp_path}/file{below}")


def test_output_folder_behind_a_link_to_nothing(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(NotADirectoryError, match="link is not a folder"):
        options.output_folder(tmp_path / "link")


@pytest.mark.parametrize("path", ["/proc", "/proc/one/two"])
def test_output_folder_that_is_not_writable_even_to_root(path):
    with pytest.raises(PermissionError, match=f"^{path}: nothing can be made in the folder /proc"):
        options.output_folder(path)


def test_packaged_voices_go_by_name(tmp_path, monkeypatch):
    assert options.existing_voice("") == voices.default_voice_path()
    assert options.existing_voice("default-f32") == voices.default_voice_path("f32")
    assert next(iter(voices.shipped())) == f"default-{voices.DEFAULT_PRECISION}"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "default-f32").touch()
    assert options.existing_voice("default-f32").resolve() == tmp_path / "default-f32"  # A file comes first.
    with pytest.raises(FileNotFoundError, match="default-f16: no such voice file; packaged voices are default-int16, "):
        options.existing_voice("default-f16")
