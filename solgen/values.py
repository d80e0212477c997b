"""What the reader's values have in common: what is beyond it, families, sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Beyond(Exception):
    """The reader knows no value for this; the message says what it is."""


class Outside(Exception):
    """A family has no member of this index, here."""


class Unknown(Exception):
    """A name that has no value here; `place` is where it stands in the formula."""

    def __init__(self, name: str, place: int) -> None:
        super().__init__(f"{name} has no value")
        self.name = name
        self.place = place


@dataclass(frozen=True)
class Members:
    """A finite set written out, or the tuples of `size` of its members."""

    values: tuple[Any, ...]
    size: int = 1


@dataclass(frozen=True)
class Family:
    r"""Values by index: `\boldsymbol{g}_t`. One index is a number, several are a tuple."""

    members: Mapping[Any, Any]

    def at(self, index: Any) -> Any:
        """The member of this index. Raises Outside where there is none."""
        if index in self.members:
            return self.members[index]
        if isinstance(index, int) and index >= 10:  # W_{21} is row 2, column 1
            split = tuple(map(int, str(index)))
            if split in self.members:
                return self.members[split]
        raise Outside(index)


def same_shape(left: Any, right: Any, kind: Any) -> None:
    """Require two arrays of one shape, or a scalar beside an array (added to each entry)."""
    both = isinstance(left, kind) and isinstance(right, kind)
    if both and left.shape != right.shape:
        raise Beyond(f"the shapes {left.shape} and {right.shape} side by side")
    for one, other in ((left, right), (right, left)):
        if isinstance(one, kind) and not isinstance(other, kind) and 1 not in one.shape:
            raise Beyond("a number added to a matrix, or multiplied entry by entry")
