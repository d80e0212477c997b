"""What the ledger says of a formula or relation that it cannot enter."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from lark import Token

from solgen.errors import VerificationError
from solgen.formulas import Formula
from solgen.judge import Verdict
from solgen.tokens import Unreadable


def unreadable(one: Formula, error: Unreadable) -> VerificationError:
    """A formula that cannot be read, with a caret under the place."""
    return VerificationError(
        f"the formula cannot be read: {error.message}",
        one.at(error.place),
        f'{error.hint}; or give the whole notation a value: Instance({{r"…": …}})',
        found=_caret(one, error.place),
    )


def undeclared(one: Formula, token: Token, glossary: Collection[str]) -> VerificationError:
    """A symbol that is printed and not explained."""
    name, place = str(token), token.start_pos or 0
    near = difflib.get_close_matches(name, glossary, n=1)
    hint = f'declare it in the question\'s module, Term(r"{name}", fr=…, en=…)'
    if near:
        hint += f", or write {near[0]}"
    if name.startswith("\\") and name[1:].isalpha():
        hint = f"check how the command is spelt; if it is a symbol, {hint}"
    return VerificationError(
        f"the symbol {name} is printed but not declared",
        one.at(place),
        hint,
        found=_caret(one, place),
    )


def unsupported(
    one: Formula, text: str, verdict: Verdict, place: int | None, accepting: str
) -> VerificationError:
    """A relation that does not hold, or that nothing decides; `accepting` is what may be done."""
    if verdict.refuted is not None:
        always = "always " if accepting else ""
        return VerificationError(
            f"the relation {text} does not {always}hold",
            one.at(place),
            "correct it, or what its symbols stand for" + accepting,
            found=f"{verdict.refuted.left} {verdict.refuted.at}".strip(),
            expected=verdict.refuted.right,
        )
    why = f"{verdict.unknown} has no value" if verdict.unknown else verdict.beyond
    return VerificationError(
        f"nothing speaks for the relation {text}: {why}",
        one.at(place),
        "give its symbols values in an Instance of the question, or write "
        'Attested(r"…", fr=…, en=…) with the reason' + accepting,
    )


def _caret(one: Formula, place: int) -> str:
    start = one.source.rfind("\n", 0, place) + 1
    line = one.source[start:].partition("\n")[0]
    return "\n" + line.rstrip() + "\n" + " " * (place - start) + "^"
