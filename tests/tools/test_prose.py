import hashlib

import pytest

import prose
import r_lazydata


def test_austen_reads_version_and_novels_with_a_blank_line_after_each(tmp_path, monkeypatch):
    monkeypatch.setattr(r_lazydata, "read_text_data", lambda _: {"emma": ["One", "Two"], "persuasion": ["Three"]})
    (tmp_path / "DESCRIPTION").write_text("Package: janeaustenr\nVersion: 9.8\n")
    text = prose.read_austen(tmp_path)
    assert text.source == "janeaustenr 9.8"
    assert text.lines == ["One", "Two", "", "Three", ""]


def test_austen_missing_says_what_to_install(tmp_path):
    with pytest.raises(FileNotFoundError, match="apt-get install .*r-cran-janeaustenr"):
        prose.read_austen(tmp_path)


def test_text_files_are_joined_in_order_by_a_blank_line(tmp_path):
    (tmp_path / "b.txt").write_text("One\r\nTwo", newline="")
    (tmp_path / "a.txt").write_text("Three\n")
    text = prose.read_files([tmp_path / "b.txt", tmp_path / "a.txt"])
    assert text.source == "b.txt a.txt"
    assert text.lines == ["One", "Two", "", "Three", ""]
    assert text.sha256 == hashlib.sha256(b"One\nTwo\n\nThree\n").hexdigest()


def test_text_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "latin.txt").write_bytes("caf\u00e9".encode("latin-1"))
    with pytest.raises(ValueError, match="latin.txt is not UTF-8"):
        prose.read_files([tmp_path / "latin.txt"])
