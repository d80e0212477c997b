"""Which answers a target names: `d` is a part, and asks for what its short answer states.

A part asks for the answers that its short answer prints with their left side, or for the one
answer that it names. Where it argues with several formulas, or with none, any of the part's
answers may be proposed.
"""

from __future__ import annotations

import difflib
import re

from solgen.errors import EXIT_USAGE, QuestionError
from solgen.load import Loaded
from solgen.model import Answer, Part
from solgen.project import Project


def wanted(project: Project, loaded: Loaded, target: str) -> tuple[Part, list[Answer]]:
    """The part that is spoken of, and its answers that may be proposed, the main one first.

    Raises QuestionError for a target that does not exist.
    """
    for part in loaded.question.parts:
        if part.id == target and part.answers:
            return part, _asked(project, loaded, part)
        for answer in part.answers:
            if loaded.name_of(answer) == target:
                return part, [answer]
    known = [loaded.name_of(a) for p in loaded.question.parts for a in p.answers]
    near = difflib.get_close_matches(target, known, n=1)
    letters = ", ".join(p.id for p in loaded.question.parts)
    raise QuestionError(
        f"{loaded.name} has no part or answer {target!r}",
        hint=f"did you mean {loaded.name}.{near[0]}?" if near else f"its parts are {letters}",
        expected=", ".join(known),
        code=EXIT_USAGE,
    )


def _asked(project: Project, loaded: Loaded, part: Part) -> list[Answer]:
    """What may be proposed as the part's answer, in the order of its short answer."""
    tags = re.findall(r"\\VAR\{(.*?)\}", _short_answer(project, loaded, part.id))
    everywhere = {loaded.name_of(a): a for p in loaded.question.parts for a in p.answers}
    stated, quoted = [], []
    for tag in tags:
        for name in re.findall(r"\w+", tag):
            if name in everywhere:
                quoted.append(everywhere[name])
                if re.match(r"\s*(inline|show)\(", tag):
                    stated.append(everywhere[name])
    asked = [a for a in dict.fromkeys(stated or quoted) if a in part.answers]
    if stated or len(set(quoted)) == 1:
        return asked or list(part.answers)
    return [*asked, *(a for a in part.answers if a not in asked)]


def _short_answer(project: Project, loaded: Loaded, letter: str) -> str:
    """What the template prints as the part's short answer."""
    path = project.templates / "questions" / f"{loaded.name}.tex.j2"
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = re.search(rf"(?ms)^@part {letter}\b.*?^@answer\b(.*?)^@solution\b", source)
    return found[1] if found else ""
