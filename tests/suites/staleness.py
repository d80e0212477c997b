"""Random edits of a small exam, built after each: the end must be what a clean build publishes.

`python -m tests.suites.staleness --count 500 --seed 1` prints what it tried, and each difference
with the edits that led to it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from solgen.errors import SolgenError
from solgen.project import find_project

EXAM = Path(__file__).parent / "exam"
WORDS = Path(__file__).parents[2] / "solgen" / "words" / "fr.toml"
LOOK = Path(__file__).parents[2] / "solgen" / "templates" / "look.tex"
Q1, PHRASES = "questions/q1.py", "questions/phrases.py"
TEMPLATE = "templates/questions/q1.tex.j2"

Published = dict[str, bytes]


def _replaced(name: str, *pairs: tuple[str, str]) -> list[str]:
    """The file as it is, and with each replacement."""
    text = (EXAM / name).read_text(encoding="utf-8")
    for old, _ in pairs:
        assert old in text, (name, old)
    return [text, *(text.replace(old, new) for old, new in pairs)]


def slots() -> dict[str, list[str | None]]:
    """For each file, the contents that it may have; None is no file."""
    settings = (EXAM / "solgen.toml").read_text(encoding="utf-8")
    return {
        "questions/data.csv": ["1\n2\n3\n4\n", "4\n2\n3\n1\n", "1\n2\n3\n5\n"],
        "questions/digits.csv": ["20\n", "15\n"],
        "questions/curve.csv": _replaced("questions/curve.csv", ("2,8", "2,7")),
        Q1: _replaced(Q1, ('"""Question 1:', '# A comment.\n"""Question 1:'), ("volume", "solide")),
        PHRASES: _replaced(PHRASES, ("Le volume.", "Un volume.")),
        "questions/deeper.py": _replaced("questions/deeper.py", ("EXPONENT = 3", "EXPONENT = 4")),
        "templates/macros.tex.j2": _replaced("templates/macros.tex.j2", ("textbf", "emph")),
        TEMPLATE: _replaced(
            TEMPLATE,
            ("Dérivez $V$.", "Dérivez donc $V$."),
            ("Dérivez $V$.", "Calculez $V$."),
            ("$V = \\VAR{V.value}$", "la grandeur $V = \\VAR{V.value}$"),
        ),
        "templates/shared/hint.tex.j2": _replaced(
            "templates/shared/hint.tex.j2", ("une fois", "cette fois")
        ),
        "templates/words/fr.toml": [
            None,
            WORDS.read_text(encoding="utf-8").replace("Solutions officielles", "Corrigé officiel"),
        ],
        "templates/look.tex": [
            None,
            LOOK.read_text(encoding="utf-8").replace("{1F3A5F}", "{3A1F5F}"),
        ],
        "solgen.toml": [settings, settings.replace('"Examen"', '"Epreuve"')],
        "questions/q1.review.toml": [
            (EXAM / "questions/q1.review.toml").read_text(encoding="utf-8"),
            (EXAM / "questions/q1.review.toml").read_text(encoding="utf-8") + "# seen\n",
        ],
        "questions/extra.py": [None, "X = 1\n"],
        "build/mutants.json": [None, "{}", "scores"],
    }


class Exam:
    """An exam in a folder of its own, with a content for every slot."""

    def __init__(self, root: Path, contents: dict[str, list[str | None]]) -> None:
        self.root = root
        self.contents = contents
        self.state = dict.fromkeys(contents, 0)
        self.second = "q2"  # what the second question is called; "" where it is gone
        self.broken = False
        shutil.copytree(EXAM, root, ignore=shutil.ignore_patterns("__pycache__", "build"))
        (root / "build").mkdir()
        for name in contents:
            self._put(name)

    @property
    def key(self) -> str:
        return json.dumps([self.state, self.second, self.broken], sort_keys=True)

    def set(self, name: str, variant: int, *, same_time: bool = False) -> None:
        path = self.root / name
        before = path.stat() if path.is_file() else None
        self.state[name] = variant
        self._put(name)
        if same_time and before and path.is_file():
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _put(self, name: str) -> None:
        content = self.contents[name][self.state[name]]
        path = self.root / name
        if content == "scores":
            content = self._scores()
        if content is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == Q1 and self.broken:
            content += "\n1 / 0\n"
        if name == "solgen.toml":
            content = content.replace("q2 = 2\n", f"{self.second} = 2\n" if self.second else "")
        path.write_text(content, encoding="utf-8")

    def _scores(self) -> str:
        source = hashlib.sha256((self.root / Q1).read_bytes()).hexdigest()
        fates = {"variants": 9, "killed": 8, "equal": 1, "survived": 0, "errors": 0}
        return json.dumps({"q1": {"source": source, "parts": {"a": fates, "b": fates}}})

    def rename(self, name: str) -> None:
        """Call the second question otherwise, or delete it."""
        for suffix, folder in ((".py", "questions"), (".tex.j2", "templates/questions")):
            for old in ("q2", "q3"):
                (self.root / folder / f"{old}{suffix}").unlink(missing_ok=True)
            if name:
                source = EXAM / folder / f"q2{suffix}"
                shutil.copyfile(source, self.root / folder / f"{name}{suffix}")
        self.second = name
        self._put("solgen.toml")

    def breaks(self, *, broken: bool) -> None:
        self.broken = broken
        self._put(Q1)


def published(root: Path) -> Published:
    """Every published file, as a reader finds it."""
    build = root / "build"
    found = [path for path in build.glob("*") if path.suffix in (".pdf", ".json")]
    found += [path for path in (build / "tex").rglob("*") if path.is_file()]
    return {
        path.relative_to(build).as_posix(): path.read_bytes()
        for path in sorted(found)
        if path.name != "mutants.json"
    }


def _built(root: Path, names: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """In a process of its own: build, and tell by the exit code whether it could."""
    from solgen.build import build

    code = 0
    try:
        project = find_project(root)
        build(project, project.select(names), languages, lambda _: None, whole=not names)
    except SolgenError as error:
        (root / "message").write_text(str(error), encoding="utf-8")
        code = error.code
    os._exit(code)


def run(root: Path, names: tuple[str, ...] = (), languages: tuple[str, ...] = ("fr",)) -> int:
    """Build in a fork of this warm process; the exit code."""
    process = multiprocessing.get_context("fork").Process(
        target=_built, args=(root, names, languages)
    )
    process.start()
    process.join(300)
    assert process.exitcode is not None, "a build does not end"
    return process.exitcode


class Suite:
    """Sequences of edits, and what was found."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.contents = slots()
        self.clean: dict[tuple[str, tuple[str, ...]], Published] = {}
        self.tried: Counter[str] = Counter()
        self.builds = 0

    def sequence(self, number: int) -> str:
        """Do one sequence of edits; what is wrong at its end, or nothing."""
        rng = random.Random(f"{self.seed} {number}")
        root = self.folder / f"exam{number}"
        exam = Exam(root, self.contents)
        log: list[str] = []
        if rng.random() < 0.8:
            self._build(exam, (), ("fr",))
        for _ in range(rng.randint(3, 6)):
            edit = rng.choice(EDITS)
            log.append(edit(exam, rng))
            self.tried[edit.__name__] += 1
            if rng.random() < 0.5:
                names, languages = rng.choice((((), ("fr",)), (("q1",), ()), ((), ())))
                before = published(root)
                failed = self._build(exam, names, languages)
                log.append(f"build {names} {languages}: {failed}")
                if failed and published(root) != before:
                    return f"a failed build changed what was published: {log}"
        if exam.broken:
            exam.breaks(broken=False)
        languages = () if rng.random() < 0.15 else ("fr",)
        wrong = self._compare(exam, languages, log)
        shutil.rmtree(root, ignore_errors=True)
        return wrong

    def _build(self, exam: Exam, names: tuple[str, ...], languages: tuple[str, ...]) -> int:
        self.builds += 1
        return run(exam.root, names, languages)

    def _compare(self, exam: Exam, languages: tuple[str, ...], log: list[str]) -> str:
        if code := self._build(exam, (), languages):
            return f"exit code {code}: {(exam.root / 'message').read_text()} {log}"
        expected = self._clean(exam, languages)
        found = published(exam.root)
        wrong = [name for name, data in expected.items() if found.get(name) != data]
        return f"not as a clean build: {wrong} {exam.key} {log}" if wrong else ""

    def _clean(self, exam: Exam, languages: tuple[str, ...]) -> Published:
        key = exam.key, languages
        if key not in self.clean:
            root = self.folder / f"clean{len(self.clean)}"
            shutil.copytree(
                exam.root, root, ignore=shutil.ignore_patterns("__pycache__", "build", "message")
            )
            (root / "build").mkdir()
            mutants = exam.root / "build" / "mutants.json"
            if mutants.is_file():
                shutil.copyfile(mutants, root / "build" / "mutants.json")
            self.builds += 1
            assert run(root, (), languages) == 0, (root / "message").read_text()
            self.clean[key] = published(root)
            shutil.rmtree(root, ignore_errors=True)
        return self.clean[key]


# --- edits: each says what it did ---------------------------------------------------------------


def changed(exam: Exam, rng: random.Random) -> str:
    name = rng.choice(sorted(exam.contents))
    variant = rng.randrange(len(exam.contents[name]))
    same_time = rng.random() < 0.5
    exam.set(name, variant, same_time=same_time)
    return f"{name} := {variant}" + ("  same time" if same_time else "")


def there_and_back(exam: Exam, rng: random.Random) -> str:
    name = rng.choice(sorted(exam.contents))
    before = exam.state[name]
    exam.set(name, rng.randrange(len(exam.contents[name])))
    run(exam.root)
    exam.set(name, before, same_time=True)
    return f"{name} there and back"


def touched(exam: Exam, rng: random.Random) -> str:
    for path in exam.root.joinpath("questions").iterdir():
        os.utime(path, (rng.randrange(10**9),) * 2)
    return "touched"


def renamed(exam: Exam, rng: random.Random) -> str:
    exam.rename(rng.choice(("q2", "q3", "")))
    return f"second question is {exam.second!r}"


def broken(exam: Exam, _rng: random.Random) -> str:
    exam.breaks(broken=not exam.broken)
    return "broken" if exam.broken else "repaired"


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
            path.write_bytes(rng.choice(files).read_bytes() if files[0].is_file() else b"")
        elif way == 3:
            path.unlink()
        else:
            path.write_bytes(b"")
    return "cache damaged"


def cache_swapped(exam: Exam, rng: random.Random) -> str:
    """Two entries of one stage change places, whole."""
    stages = [p for p in (exam.root / "build/.cache").glob("*") if p.is_dir()]
    for stage in stages:
        entries = sorted(p for p in stage.rglob("*") if p.is_file())
        if len(entries) > 1:
            one, other = rng.sample(entries, 2)
            a, b = one.read_bytes(), other.read_bytes()
            one.write_bytes(b)
            other.write_bytes(a)
    return "cache entries swapped"


def output_damaged(exam: Exam, rng: random.Random) -> str:
    files = sorted((exam.root / "build").glob("*.pdf"))
    for path in files:
        way = rng.randrange(3)
        if way == 0:
            path.unlink()
        elif way == 1:
            data = path.read_bytes()
            path.unlink()
            path.write_bytes(data[:-7])
        else:
            path.resolve().write_bytes(b"overwritten through the link")
    return "published files damaged"


def moved(exam: Exam, _rng: random.Random) -> str:
    place = exam.root.with_name(exam.root.name + "x")
    exam.root.rename(place)
    exam.root = place
    return "moved"


EDITS: tuple[Callable[[Exam, random.Random], str], ...] = (
    changed, changed, changed, changed, changed, changed, there_and_back, touched, renamed,
    broken, cache_damaged, cache_damaged, cache_swapped, output_damaged, moved,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args(arguments)
    warm()
    start, failures = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="staleness-") as folder:
        suite = Suite(Path(folder), chosen.seed)
        for number in range(chosen.first, chosen.first + chosen.count):
            if wrong := suite.sequence(number):
                failures += 1
                sys.stdout.write(f"sequence {number}: {wrong}\n")
            if number % 25 == 24:
                sys.stdout.write(f"{number + 1} done, {failures} differ\n")
                sys.stdout.flush()
    minutes = (time.monotonic() - start) / 60
    sys.stdout.write(
        f"{chosen.count} sequences with seed {chosen.seed}, {suite.builds} builds, "
        f"{len(suite.clean)} clean states, {minutes:.0f} min: {failures} differ\n"
        f"edits: {dict(suite.tried)}\n"
    )
    return 1 if failures else 0


def warm() -> None:
    """Import what builds need, so that none of them has to."""
    from solgen import compose, draw, gather, keeper, press, preview, voice  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
