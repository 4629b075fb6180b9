"""A table, before it is known where it will be printed."""

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Table:
    """Cells under their headings."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1  # So many columns are flush left; the others, numbers, right.

    def text(self) -> str:
        """Returns the table for a terminal."""
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines)]
        align = lambda i, cell: cell.ljust(widths[i]) if i < self.left else cell.rjust(widths[i])
        head, *rest = ("  ".join(align(i, cell) for i, cell in enumerate(line)).rstrip() for line in lines)
        return "\n".join([head, "-" * len(head), *rest])
