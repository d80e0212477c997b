"""solgen: verified, bilingual solution booklets.

The names below are what a question module uses; they are loaded when first asked for, so that
`solgen list` and `solgen doctor` start without SymPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solgen.algebra import derivative, unfold
    from solgen.checks import by_slope, by_value, equals
    from solgen.evidence import agree, equal, holds
    from solgen.experiment import Experiment, Measure
    from solgen.forms import over, plus, power, times
    from solgen.instance import Attested, Instance
    from solgen.model import (
        Answer,
        Check,
        Derivation,
        Figure,
        Key,
        Mark,
        Part,
        Question,
        Step,
        Table,
    )
    from solgen.symbols import Term, symbol
    from solgen.text import Text

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Attested",
    "Check",
    "Derivation",
    "Experiment",
    "Figure",
    "Instance",
    "Key",
    "Mark",
    "Measure",
    "Part",
    "Question",
    "Step",
    "Table",
    "Term",
    "Text",
    "agree",
    "by_slope",
    "by_value",
    "derivative",
    "equal",
    "equals",
    "holds",
    "over",
    "plus",
    "power",
    "symbol",
    "times",
    "unfold",
]

_HOMES = {
    "algebra": ("derivative", "unfold"),
    "checks": ("by_slope", "by_value", "equals"),
    "evidence": ("agree", "equal", "holds"),
    "experiment": ("Experiment", "Measure"),
    "forms": ("over", "plus", "power", "times"),
    "instance": ("Attested", "Instance"),
    "model": (
        "Answer",
        "Check",
        "Derivation",
        "Figure",
        "Key",
        "Mark",
        "Part",
        "Question",
        "Step",
        "Table",
    ),
    "symbols": ("Term", "symbol"),
    "text": ("Text",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"solgen.{module}"), name)
    raise AttributeError(f"module 'solgen' has no attribute {name!r}")
