"""What is done to an exam between two builds, at random; each edit says what it did."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

from tests.suites.editable import (
    CHORD,
    CURVE,
    DEEPER,
    HINT,
    MACROS,
    MUTANTS,
    PHRASES,
    Q1,
    SETTINGS,
    TEMPLATE,
    Exam,
)

Edit = Callable[[Exam, random.Random], str]

# What may be written at the end of a file, or None to delete it, so that no build can be made.
BREAKAGES = (
    *((Q1, "\n1 / 0\n"), (Q1, "\n(\n"), (TEMPLATE, "\n\\VAR{nothing}\n"), (TEMPLATE, None)),
    *((PHRASES, None), (DEEPER, "\nEXPONENT = 1 / 0\n"), (MACROS, None), (HINT, None)),
    *((CURVE, "x\n"), (CHORD, None), ("questions/data.csv", None), (SETTINGS, "\n[\n")),
)


def changed(exam: Exam, rng: random.Random) -> str:
    name = rng.choice(sorted(exam.contents))
    variant = rng.randrange(len(exam.contents[name]))
    same_time = rng.random() < 0.5
    exam.put(name, variant, same_time=same_time)
    return f"{name} := {variant}" + (", same time" if same_time else "")


def there_and_back(exam: Exam, rng: random.Random) -> str:
    name = rng.choice(sorted(exam.contents))
    before, variant = exam.state[name], rng.randrange(len(exam.contents[name]))
    exam.put(name, variant)
    exam.build()
    exam.put(name, before, same_time=True)
    return f"{name} := {variant}, build, := {before}"


def swapped(exam: Exam, _rng: random.Random) -> str:
    """Two files change names, and keep their times."""
    exam.repair()
    one, other, third = (exam.root / name for name in (CURVE, CHORD, "questions/third"))
    for source, target in ((one, third), (other, one), (third, other)):
        source.replace(target)
    state, contents = exam.state, exam.contents
    state[CURVE], state[CHORD] = state[CHORD], state[CURVE]
    contents[CURVE], contents[CHORD] = contents[CHORD], contents[CURVE]
    return "curve.csv and chord.csv swapped"


def touched(exam: Exam, rng: random.Random) -> str:
    for folder in ("questions", "templates"):
        for path in (exam.root / folder).rglob("*"):
            os.utime(path, (rng.randrange(10**9),) * 2)
    return "touched"


def renamed(exam: Exam, rng: random.Random) -> str:
    exam.rename(rng.choice(("q2", "q3", "")))
    return f"second question is {exam.second!r}"


def broken(exam: Exam, rng: random.Random) -> str:
    exam.repair()
    name, ending = rng.choice(BREAKAGES)
    exam.breaks(name, ending)
    return f"{name} broken: {ending!r}"


def repaired(exam: Exam, _rng: random.Random) -> str:
    exam.repair()
    return "repaired"


def cache_damaged(exam: Exam, rng: random.Random) -> str:
    files = sorted(p for p in (exam.root / "build/.cache").rglob("*") if p.is_file())
    for path in rng.sample(files, min(len(files), 6)):
        data = bytearray(path.read_bytes())
        way = rng.randrange(5)
        if way == 0 and data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            path.write_bytes(data)
        elif way == 1:
            path.write_bytes(data[: rng.randrange(len(data) + 1)])
        elif way == 2:
            other = rng.choice(files)
            path.write_bytes(other.read_bytes() if other.is_file() else b"")
        elif way == 3:
            path.unlink()
        else:
            path.write_bytes(b"")
    return "cache damaged"


def cache_swapped(exam: Exam, rng: random.Random) -> str:
    """Two entries of each stage change places, whole."""
    for stage in sorted(p for p in (exam.root / "build/.cache").glob("*") if p.is_dir()):
        entries = sorted(p for p in stage.rglob("*") if p.is_file())
        if len(entries) > 1:
            one, other = rng.sample(entries, 2)
            a, b = one.read_bytes(), other.read_bytes()
            one.write_bytes(b)
            other.write_bytes(a)
    return "cache entries swapped"


def output_damaged(exam: Exam, rng: random.Random) -> str:
    """Published files are deleted, replaced, or overwritten through their links."""
    names = sorted(exam.published())
    chosen = rng.sample(names, min(len(names), 3))
    for name in chosen:
        path, way = exam.root / "build" / name, rng.randrange(3)
        data = path.read_bytes()
        if way < 2:
            path.unlink()
        if way == 1:
            path.write_bytes(data[:-7])
        elif way == 2:
            path.resolve().write_bytes(b"overwritten through the link")
    return f"damaged: {chosen}"


def moved(exam: Exam, _rng: random.Random) -> str:
    place = exam.root.with_name(exam.root.name + "x")
    exam.root.rename(place)
    exam.root = place
    return "moved"


EDITS: tuple[Edit, ...] = (
    *(changed,) * 7,
    *(broken,) * 2,
    *(cache_damaged,) * 2,
    *(there_and_back, swapped, touched, renamed, repaired, cache_swapped, output_damaged, moved),
)


def taken_back(exam: Exam, rng: random.Random) -> str:
    """All files but one get their first contents again."""
    differing = [name for name, variant in exam.state.items() if variant]
    left = rng.choice(differing) if differing else ""
    # Scores are of the module as it is when they are written.
    for name in sorted(differing, key=lambda name: name == MUTANTS):
        exam.put(name, exam.state[name] if name == left else 0, same_time=rng.random() < 0.5)
    return f"taken back, but for {left!r}"
