"""Where `synthesize` writes: names, and what is refused before any work."""

import os
import pathlib

import pytest

from tf_wavenet.commands import outputs


def test_outputs_are_named_like_inputs(tmp_path):
    inputs = [pathlib.Path(name) for name in ("b/one.two.flac", "a.npy", "deep/c", "d.wav")]
    files = outputs.audio_files(str(tmp_path / "out"), inputs)
    assert files == [tmp_path / "out" / name for name in ("one.two.wav", "a.wav", "c.wav", "d.wav")]
    assert not os.listdir(tmp_path)


def test_two_inputs_of_one_name(tmp_path):
    inputs = [tmp_path / "one" / "a.wav", tmp_path / "b.wav", tmp_path / "two" / "a.npy"]
    with pytest.raises(ValueError) as raised:
        outputs.audio_files(tmp_path / "out", inputs)
    assert str(raised.value).startswith(
        f"{tmp_path}/out/a.wav: {inputs[0]} and {inputs[2]} would both be written there"
    )


def test_one_input_twice(tmp_path):
    path = tmp_path / "a.wav"
    with pytest.raises(ValueError, match="a.wav: is given twice"):
        outputs.audio_files(tmp_path / "out", [path, tmp_path / "x" / ".." / "a.wav"])


def test_outputs_that_cannot_be_written(monkeypatch, tmp_path):
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(ValueError, match="a.wav: is a folder, must be a file"):
        outputs.audio_files(tmp_path, [pathlib.Path("a.flac")])
    (tmp_path / "b.wav").touch()
    assert outputs.audio_files(tmp_path, [pathlib.Path("b.flac")]) == [tmp_path / "b.wav"]
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)  # To root, all files are writable.
    with pytest.raises(PermissionError, match="b.wav: cannot be written"):
        outputs.audio_files(tmp_path, [pathlib.Path("b.flac")])


@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_outputs_that_are_inputs(tmp_path, link):
    source, other = tmp_path / "in.wav", tmp_path / "out.wav"
    source.touch()
    output = source
    if link:
        link(source, other)
        output = other
    with pytest.raises(ValueError) as raised:
        outputs.refuse_overwriting([tmp_path / "missing.wav", source], [tmp_path / "new.wav", output])
    assert str(raised.value) == f"{output}: would overwrite an input" + (f", {source}" if link else "")


def test_outputs_that_are_no_inputs(tmp_path):
    for name in ("in.wav", "out.wav"):
        (tmp_path / name).write_text("the same content")
    outputs.refuse_overwriting([tmp_path / "in.wav"], [tmp_path / "out.wav", tmp_path / "new.wav"])
