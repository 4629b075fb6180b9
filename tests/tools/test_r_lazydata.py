import gzip
import os
import struct
import zlib

import pytest

import prose
import r_lazydata

_HEADER = b"X\n" + struct.pack(">iii", 3, 0x40202, 0x30500) + struct.pack(">i", 5) + b"UTF-8"
_NULL = struct.pack(">i", 254)


def _char(text):
    encoded = text.encode()
    return struct.pack(">ii", 9, len(encoded)) + encoded


def _strings(texts, flags=0):
    return struct.pack(">ii", 16 | flags, len(texts)) + b"".join(map(_char, texts))


def _integers(*values):
    return struct.pack(f">ii{len(values)}i", 13, len(values), *values)


def _named_list(items, names_symbol):
    """A list with its names: a pairlist of one attribute, whose tag is a symbol or a reference to an earlier one."""
    return (
        struct.pack(">ii", 19 | 1 << 9, len(items))
        + b"".join(items.values())
        + struct.pack(">i", 2 | 1 << 10)
        + names_symbol
        + _strings(list(items))
        + _NULL
    )


def _write_package(package_dir, texts):
    """Writes what R would for data sets that are character vectors."""
    os.makedirs(package_dir / "data")
    database, places = b"", {}
    for name, lines in texts.items():
        content = _HEADER + _strings(lines)
        blob = struct.pack(">i", len(content)) + zlib.compress(content)
        places[name] = _integers(len(database), len(blob))
        database += blob
    variables = _named_list(places, struct.pack(">i", 1) + _char("names"))
    index = _named_list(
        {"variables": variables, "compressed": struct.pack(">iii", 10, 1, 1)}, struct.pack(">i", 255 | 1 << 8)
    )
    (package_dir / "data" / "Rdata.rdb").write_bytes(database)
    (package_dir / "data" / "Rdata.rdx").write_bytes(gzip.compress(_HEADER + index))


def test_reads_each_data_set(tmp_path):
    texts = {"first": ["One line", "", "caf\u00e9"], "second": []}
    _write_package(tmp_path / "package", texts)
    assert r_lazydata.read_text_data(tmp_path / "package") == texts


def test_missing_value_is_an_empty_line(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "_char", lambda text, char=_char: char(text) if text else struct.pack(">ii", 9, -1))
    _write_package(tmp_path / "package", {"first": ["One", ""]})
    assert r_lazydata.read_text_data(tmp_path / "package") == {"first": ["One", ""]}


@pytest.mark.parametrize(
    "index, message",
    [
        (b"A\n", "not in XDR format"),
        (b"X\n" + bytes(12), "version is 0"),
        (_HEADER + struct.pack(">ii", 14, 0), "type 14"),
        (_HEADER + struct.pack(">ii", 16, 1), "ends at byte"),
    ],
)
def test_refuses_what_it_cannot_read(tmp_path, index, message):
    _write_package(tmp_path / "package", {"first": ["One"]})
    (tmp_path / "package" / "data" / "Rdata.rdx").write_bytes(gzip.compress(index))
    with pytest.raises(ValueError, match=message):
        r_lazydata.read_text_data(tmp_path / "package")


def test_installed_austen_holds_six_novels():
    if not os.path.isdir(prose.AUSTEN_DIR):
        pytest.skip("r-cran-janeaustenr is not installed")
    novels = r_lazydata.read_text_data(prose.AUSTEN_DIR)
    assert list(novels) == [
        "emma",
        "mansfieldpark",
        "northangerabbey",
        "persuasion",
        "prideprejudice",
        "sensesensibility",
    ]
    assert all(len(lines) > 5000 for lines in novels.values())
