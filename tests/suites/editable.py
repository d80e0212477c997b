"""A small exam that is edited and built: the contents its files may have, and its builds."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import multiprocessing
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from solgen import build, certificate, keys
from solgen.errors import SolgenError
from solgen.preview import Preview
from solgen.project import find_project

EXAM = Path(__file__).parent / "exam"
SHIPPED = Path(build.__file__).parent
Q1, PHRASES, DEEPER = "questions/q1.py", "questions/phrases.py", "questions/deeper.py"
CURVE, CHORD = "questions/curve.csv", "questions/chord.csv"
TEMPLATE, SECOND = "templates/questions/q1.tex.j2", "templates/questions/q2.tex.j2"
MACROS, HINT = "templates/macros.tex.j2", "templates/shared/hint.tex.j2"
SETTINGS, REVIEW = "solgen.toml", "questions/q1.review.toml"
MUTANTS = "build/mutants.json"
TOOLS = "tools"  # no file: which version of a library or of the engine is there
_SCORES = "scores"

Published = dict[str, bytes]
Languages = tuple[str, ...]


def _replaced(name: str, *pairs: tuple[str, str]) -> list[str]:
    """The file as it is, and with each replacement."""
    text = (EXAM / name).read_text(encoding="utf-8")
    for old, _ in pairs:
        assert old in text, (name, old)
    return [text, *(text.replace(old, new) for old, new in pairs)]


def _own(name: str, old: str, new: str) -> list[str | None]:
    """No file, and solgen's own with a replacement."""
    text = (SHIPPED / name).read_text(encoding="utf-8")
    assert old in text, (name, old)
    return [None, text.replace(old, new)]


def slots() -> dict[str, list[str | None]]:
    """For each file, the contents that it may have; None is no file."""
    curves = ["0,0\n1,1\n2,8\n", "0,0\n1,1\n2,7\n"]
    return {
        "questions/data.csv": ["1\n2\n3\n4\n", "4\n2\n3\n1\n", "1\n2\n3\n5\n"],
        "questions/digits.csv": ["20\n", "15\n"],
        CURVE: [*curves],
        CHORD: [*reversed(curves)],
        "questions/colour.txt": [None, "red\n", "black\n"],
        "questions/extra.py": [None, "MORE = 1\n"],
        Q1: _replaced(Q1, ('"""Question 1:', '# A comment.\n"""Question 1:'), ("volume", "solide")),
        PHRASES: _replaced(PHRASES, ("Le volume.", "Un volume.")),
        DEEPER: _replaced(DEEPER, ("EXPONENT = 3", "EXPONENT = 4")),
        MACROS: _replaced(MACROS, ("textbf", "emph")),
        TEMPLATE: _replaced(
            TEMPLATE,
            ("Dérivez $V$.", "Dérivez donc $V$."),
            ("Dérivez $V$.", "Calculez $V$."),
            ("On considère $V", "On étudie $V"),
        ),
        HINT: _replaced(HINT, ("une fois", "cette fois")),
        "templates/words/fr.toml": _own("words/fr.toml", "Solutions officielles", "Corrigé"),
        "templates/look.tex": _own("templates/look.tex", "{1F3A5F}", "{3A1F5F}"),
        "templates/booklet.tex.j2": _own("templates/booklet.tex.j2", "0.16", "0.19"),
        SETTINGS: [
            *_replaced(SETTINGS, ('"Examen"', '"Epreuve"'), ("letterpaper", "a4paper")),
            (EXAM / SETTINGS).read_text(encoding="utf-8").partition("[exam.points]")[0],
        ],
        "references.toml": _replaced("references.toml", ("year = 1908", "year = 1914")),
        REVIEW: [
            (EXAM / REVIEW).read_text(encoding="utf-8"),
            (EXAM / REVIEW).read_text(encoding="utf-8") + "# seen\n",
            None,
        ],
        MUTANTS: [None, "{}", _SCORES],
        TOOLS: ["", "a library", "the engine"],
    }


class Exam:
    """An exam in a folder of its own, with a content for every slot."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.contents = slots()
        self.state = dict.fromkeys(self.contents, 0)
        self.second = "q2"  # what the second question is called; "" where it is gone
        self.broken = ""  # the file that no build can be made of
        self.builds = 0
        shutil.copytree(EXAM, root, ignore=shutil.ignore_patterns("__pycache__", "build"))
        (root / "build").mkdir()
        for name in self.contents:
            self._put(name)

    def put(self, name: str, variant: int, *, same_time: bool = False) -> None:
        """Give a file one of its contents, and perhaps the time stamps that it had."""
        path = self.root / name
        before = path.stat() if path.is_file() else None
        self.state[name] = variant
        self._put(name)
        if same_time and before and path.is_file():
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _put(self, name: str) -> None:
        content = self.contents[name][self.state[name]]
        path = self.root / name
        if name == TOOLS:
            return
        if content is None:
            path.unlink(missing_ok=True)
            return
        if content is _SCORES:
            content = self._scores()
        if name == SETTINGS:
            content = content.replace("q2 = 2\n", f"{self.second} = 2\n" if self.second else "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def _scores(self) -> str:
        """Scores of the first module as it is now."""
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
        self._put(SETTINGS)

    def breaks(self, name: str, ending: str | None) -> None:
        """Write this at the end of a file, or delete it, so that no build can be made."""
        self.broken = name
        path = self.root / name
        if ending is None:
            path.unlink(missing_ok=True)
        else:
            with path.open("a", encoding="utf-8") as file:
                file.write(ending)

    def repair(self) -> None:
        """Undo what `breaks` did."""
        if self.broken:
            self._put(self.broken)
        self.broken = ""

    @property
    def sources(self) -> str:
        """One hash of all files that a build may look at, and of the tools."""
        root = self.root
        files = [p for p in root.rglob("*") if p.is_file() and "build" not in p.parts]
        files += [p for p in [root / MUTANTS] if p.is_file()]
        found = [(p.relative_to(root).as_posix(), p.read_bytes()) for p in sorted(files)]
        tools = self.contents[TOOLS][self.state[TOOLS]]
        told = [found_in for found_in in found if "__pycache__" not in found_in[0]]
        return hashlib.sha256(repr((tools, told)).encode()).hexdigest()

    def copy(self, root: Path) -> Exam:
        """The same exam with nothing built."""
        other = Exam.__new__(Exam)
        own = {"root": root, "builds": 0, "state": {**self.state}, "contents": {**self.contents}}
        other.__dict__ |= self.__dict__ | own
        ignored = shutil.ignore_patterns("__pycache__", "build")
        shutil.copytree(self.root, root, ignore=ignored)
        (root / "build").mkdir()
        if (self.root / MUTANTS).is_file():
            shutil.copyfile(self.root / MUTANTS, root / MUTANTS)
        return other

    def build(
        self, names: tuple[str, ...] = (), languages: Languages = ("fr",), *, live: bool = False
    ) -> str:
        """Build in a fork of this warm process; what it raised, or nothing."""
        self.builds += 1
        tools = self.contents[TOOLS][self.state[TOOLS]] or ""
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        arguments = (self.root, names, languages, tools, live, theirs)
        process = context.Process(target=_build, args=arguments)
        process.start()
        theirs.close()
        assert ours.poll(600), "a build does not end"
        said = str(ours.recv())
        process.join()
        return said

    def published(self) -> Published:
        """Every published file, as a reader finds it."""
        folder = self.root / "build"
        found = [path for path in folder.glob("*") if path.suffix in (".pdf", ".json")]
        found += [path for path in (folder / "tex").rglob("*") if path.is_file()]
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(found)
            if path.name != "mutants.json"
        }


class _Onlooker:
    """Somebody who looks on, and takes nothing."""

    def part(self, found: Preview) -> None:
        assert found.pdf.startswith(b"%PDF")

    def editions(self, work: Mapping[str, Path]) -> list[Path]:
        assert all(folder.is_dir() for folder in work.values())
        return []


def _build(
    root: Path, names: tuple[str, ...], languages: Languages, tools: str, live: bool, say: object
) -> None:
    said = ""
    _replace(tools)
    try:
        project = find_project(root)
        build.build(
            project,
            project.select(names),
            languages,
            lambda _: None,
            whole=not names,
            audience=_Onlooker() if live else None,
        )
    except SolgenError as error:
        said = str(error) or "it failed"
    say.send(said)  # type: ignore[attr-defined]


def _replace(tools: str) -> None:
    """Let another library or another engine be installed, in this process only."""
    if tools == "a library":
        for module in (keys, certificate):
            before = module.version
            module.version = lambda name, old=before: (  # type: ignore[assignment]
                "0.0" if name == "numpy" else old(name)
            )
    if tools == "the engine":
        engine = build.require()
        other = dataclasses.replace(engine, version=engine.version.replace("3.14", "3.15") + "+")
        build.require = lambda: other
