"""A check put to the test: it must take the right answer, and refuse wrong ones."""

from __future__ import annotations

import time
import traceback
from dataclasses import replace
from itertools import islice
from typing import Any

from solgen.errors import LimitError, SolgenError, VerificationError, Where
from solgen.evidence import Evidence, Rejected, concern
from solgen.limits import described, exhausted
from solgen.model import Answer, Check, Derivation
from solgen.wrong import wrong_variants

WRONG_SHOWN = 200  # wrong answers that the checks of an answer must refuse, at most
WRONG_REFEREED = 12  # the same where the referee, too, knows the right answer


class Trial:
    """One check of one answer: how it took the right answer, and the wrong ones it was shown."""

    def __init__(self, check: Check, value: Any, name: str, where: Where, home: Where) -> None:
        self.check = check
        self.value = value
        self.title = f"the check of {name} ({check.road})"
        self.home = home
        self.place = f"{home.file}:{_line(check, home)}"
        self.refusals = 0
        self.settled = False  # whether what it compares exactly is the answer it is given
        start = time.perf_counter()
        self.brought = self._run(where)
        self.seconds = time.perf_counter() - start
        self.whole = concern(self.brought.proved, value)

    def evidence(self) -> Evidence:
        """What it brought; proved only if it proves the answer, whole and by looking at it."""
        return replace(self.brought, status="proved" if self.settled else "sampled")

    def refuses(self, wrong: Any) -> bool:
        """Whether it refuses a wrong answer; a crash is not a refusal."""
        try:
            self.check.run(wrong)
        except Rejected as rejection:
            self.refusals += 1
            if self.whole and not self.settled:
                self.settled = concern(rejection.compared, wrong)
            return True
        except Exception:  # noqa: BLE001 - a wrong answer may have any shape
            return False
        return False

    def _run(self, where: Where) -> Evidence:
        """The evidence it brings. Raises VerificationError when it rejects, or brings none."""
        try:
            evidence = self.check.run(self.value)
        except Rejected as rejection:
            raise VerificationError(
                f"{self.title} refuses the answer: {rejection.message}",
                where,
                f"correct the answer, or the check ({self.place}) if it is the one that is wrong",
                found=rejection.found,
                expected=rejection.expected,
            ) from None
        except SolgenError:
            raise
        except Exception as error:
            frame = self._own_frame(error)
            kind = LimitError if exhausted(error) else VerificationError
            raise kind(
                f"{self.title} failed with {described(error)}",
                self.home if frame is None else replace(self.home, line=frame.lineno),
                f"correct this line of the check ({self.place})",
                found=None if frame is None else frame.line,
            ) from error
        if not isinstance(evidence, Evidence):
            raise VerificationError(
                f"{self.title} returned {evidence!r}, so nothing is known to have been compared",
                self.home,
                "end the check with return agree(…), equal(…) or holds(…)",
            )
        return evidence

    def _own_frame(self, error: Exception) -> traceback.FrameSummary | None:
        """The innermost line of the check's own file in an error's traceback."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == self.check.where.file]
        return own[-1] if own else None


def _line(check: Check, home: Where) -> int | None:
    """Where the check's function is written, if that is in the same file as the check."""
    code = getattr(check.run, "__code__", None)
    same = code is not None and code.co_filename == check.where.file
    return code.co_firstlineno if same and code is not None else home.line


def show_wrong_answers(trials: list[Trial], answer: Answer, name: str, where: Where) -> int:
    """Show the checks wrong answers; return how many were refused.

    Every check must refuse at least one, and every wrong answer must be refused by some check, the
    quickest being asked first. For a derivation the referee, too, refuses every one of them.
    """
    refereed = isinstance(answer, Derivation)
    most = WRONG_REFEREED if refereed else WRONG_SHOWN
    variants = list(islice(wrong_variants(answer.value), most))
    quickest = sorted(trials, key=lambda trial: trial.seconds)
    for description, wrong in variants:
        if not refereed and not any(trial.refuses(wrong) for trial in quickest):
            raise VerificationError(
                f"no check of {name} refuses a wrong answer",
                where,
                "add a check that tells it from the right one",
                found=f"{wrong} ({description})",
                expected="at least one check that refuses it",
            )
    for trial in trials:
        if not trial.refusals and not any(trial.refuses(wrong) for _, wrong in variants):
            raise VerificationError(
                f"{trial.title} is vacuous: it accepts every wrong answer",
                trial.home,
                "compare the argument of the check, not a value computed elsewhere",
                found="accepted: " + "; ".join(text for text, _ in variants[:3]),
            )
    return len(variants)
