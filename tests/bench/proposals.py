"""What it takes to judge a proposed answer, beside an import of SymPy, which each command pays."""

from __future__ import annotations

import sys

from tests.bench.copies import SOLGEN, Copy
from tests.bench.measure import Cost, run
from tests.bench.rounds import Case

IMPORT = "Python: import SymPy"
TRY = "solgen try"
PROPOSALS = (
    ("q1.a", r"\tfrac12 \left( 1 + \tanh \frac{a}{2} \right)"),
    ("q3.a", r"\varphi_1 \dot c_0 + B_1 \dot h_0"),
    ("q4.b", r"(1 - \rho) \sum_{i=1}^{t} \rho^{t-i}"),
    ("q6.gaps", "[D_app, D_app + D_am, 0, D_am]"),
    ("q7.paths", "[i - j + T_x, 1 - j + T_x, 2]"),
)
"""Right answers of the exam in other words than its own."""


def proposals(exam: Copy) -> Case:
    """An import of SymPy, then each proposal in a process of its own."""

    def measured(_k: int, look: bool) -> dict[str, Cost]:
        commands = {IMPORT: (sys.executable, "-c", "import sympy")}
        commands |= {f"{TRY} {asked}": (*SOLGEN, "try", asked, text) for asked, text in PROPOSALS}
        return {
            name: run(command, exam.folder, exam.env(), look=look)
            for name, command in commands.items()
        }

    return Case("proposals", measured)
