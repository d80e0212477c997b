"""The ledger: every relation that is printed, and what kind of truth it has."""

from __future__ import annotations

from dataclasses import dataclass, field

from solgen.errors import SolgenError, Where
from solgen.text import Text

KINDS = ("given", "proved", "enclosed", "enumerated", "sampled", "experiment", "attested")


@dataclass(frozen=True)
class Entry:
    """One displayed relation. `method` says how its kind was found; `reason` why it is attested."""

    question: str
    part: str
    locale: str
    kind: str
    text: str
    method: str
    where: Where
    reason: Text | None = None


@dataclass(frozen=True)
class Ledger:
    """The entries of a build, in the order of the pages."""

    entries: tuple[Entry, ...] = ()

    def count(self, kind: str) -> int:
        """How many relations are of this kind, in all languages."""
        return sum(entry.kind == kind for entry in self.entries)


@dataclass
class Accounts:
    """What keeping the ledger of one question gives.

    `pending` holds the statements that could be accepted as given, by part; `used` the notations
    that were printed.
    """

    entries: list[Entry] = field(default_factory=list)
    failures: list[SolgenError] = field(default_factory=list)
    pending: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
