"""Reads the text vectors of an R package's lazy-load database, without R.

A package's `data/Rdata.rdx` is a gzipped index: a list whose `variables` gives (offset, length) per data set. Each such
stretch of `data/Rdata.rdb` is a 4-byte big-endian size followed by a zlib stream. Both hold R's XDR serialization, of
which this reads the few types that lists and character vectors need.

Reference: R Internals, section 1.8 "Serialization Formats".
"""

import gzip
import os
import struct
import zlib

_SYMBOL, _PAIRLIST, _CHAR, _LOGICAL, _INTEGER, _STRING, _LIST = 1, 2, 9, 10, 13, 16, 19
_REFERENCE, _NULL = 255, 254
_HAS_ATTRIBUTES, _HAS_TAG = 1 << 9, 1 << 10


class _Reader:
    """One pass over a serialized object; a pairlist comes back as a dict, a vector as (values, attributes)."""

    def __init__(self, content):
        self._content = content
        self._offset = 0
        self._symbols = []

    def _take(self, size):
        chunk = self._content[self._offset : self._offset + size]
        if len(chunk) != size:
            raise ValueError(f"R data ends at byte {len(self._content)}, {self._offset + size} wanted")
        self._offset += size
        return chunk

    def _int(self):
        return struct.unpack(">i", self._take(4))[0]

    def read(self):
        if self._take(2) != b"X\n":
            raise ValueError("R data is not in XDR format")
        version = self._int()
        self._take(8)  # versions of R: the writer's, and the oldest that can read it
        if version == 3:
            self._take(self._int())  # native encoding
        elif version != 2:
            raise ValueError(f"R serialization version is {version}, 2 or 3 wanted")
        return self._item()

    def _item(self):
        flags = self._int()
        kind = flags & 0xFF
        if kind == _NULL:
            return None
        if kind == _REFERENCE:
            return self._symbols[(flags >> 8) - 1]
        if kind == _SYMBOL:
            self._symbols.append(self._item())
            return self._symbols[-1]
        if kind == _CHAR:
            size = self._int()
            return None if size < 0 else self._take(size).decode("utf-8")
        if kind == _PAIRLIST:
            return self._pairlist(flags)
        if kind in (_LOGICAL, _INTEGER):
            values = [self._int() for _ in range(self._int())]
        elif kind in (_STRING, _LIST):
            values = [self._item() for _ in range(self._int())]
        else:
            raise ValueError(f"R data holds type {kind}; only lists, integers and text are read")
        return values, (self._item() or {}) if flags & _HAS_ATTRIBUTES else {}

    def _pairlist(self, flags):
        pairs = {}
        while flags & 0xFF == _PAIRLIST:
            if flags & _HAS_ATTRIBUTES:
                self._item()
            tag = self._item() if flags & _HAS_TAG else None
            pairs[tag] = self._item()
            flags = self._int()
        return pairs


def _named(item):
    values, attributes = item
    return dict(zip(attributes["names"][0], values))


def read_text_data(package_dir):
    """Reads every data set of an installed R package, each a character vector.

    Args:
      package_dir: folder of the package, which holds `data/Rdata.rdx` and `data/Rdata.rdb`.

    Returns:
      dict: name of the data set -> list of str, sorted by name.

    Raises:
      FileNotFoundError: the package has no lazy-load database.
      ValueError: the database holds something other than text, or is cut short.
    """
    base = os.path.join(package_dir, "data", "Rdata")
    with gzip.open(base + ".rdx") as file:
        index = _named(_Reader(file.read()).read())
    with open(base + ".rdb", "rb") as file:
        database = file.read()
    texts = {}
    for name, (place, _) in sorted(_named(index["variables"]).items()):
        offset, size = place
        values, _ = _Reader(zlib.decompress(database[offset + 4 : offset + size])).read()
        texts[name] = [value or "" for value in values]
    return texts
