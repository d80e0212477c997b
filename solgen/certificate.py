"""`build/certificate.json`: what a booklet was made from, and whether a PDF is that booklet.

It holds no time and no machine's path: the same exam gives the same bytes everywhere. It carries
no signature; it tells an accident from the original, not a forger. Standard library only, so that
`solgen verify` starts at once.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from solgen import __version__
from solgen.errors import VerificationError
from solgen.project import SETTINGS, Project

NAME = "certificate.json"
FORMAT = 1
WORKS = "references.toml"
READ = (".py", ".toml", ".csv", ".json")  # what a question may be made of
OUTSIDE = "outside"  # what stands in a question and in none of its parts
SHOWN = 16  # digits of a hash in messages and in print

_PACKAGES = {
    "SymPy": "sympy",
    "mpmath": "mpmath",
    "NumPy": "numpy",
    "Matplotlib": "matplotlib",
    "Jinja2": "jinja2",
    "PyLaTeX": "pylatex",
    "Lark": "lark",
}


# --- what a booklet is made from ----------------------------------------------------------------


def sources(project: Project) -> dict[str, str]:
    """The SHA-256 of each file that an exam's booklet is made from, by relative path, sorted.

    Modules with their reviews and data, templates, works cited, settings; all of them even where
    one question is built, because a module may import any other. Hidden files are left out.
    """
    found = [project.root / SETTINGS, project.root / WORKS, *project.templates.rglob("*")]
    found += [path for path in project.questions.rglob("*") if path.suffix in READ]
    relative = [path.relative_to(project.root) for path in found if path.is_file()]
    seen = {
        path.as_posix(): hashed(project.root / path)
        for path in relative
        if not any(name.startswith((".", "__pycache__")) for name in path.parts)
    }
    return dict(sorted(seen.items()))


def digest(files: Mapping[str, str], solgen: str = __version__) -> str:
    """One SHA-256 for all sources and solgen's version: of the lines that `sha256sum` prints."""
    lines = [f"{files[path]}  {path}\n" for path in sorted(files)]
    return hashlib.sha256("".join([*lines, f"solgen {solgen}\n"]).encode()).hexdigest()


def hashed(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def software(engine: str) -> dict[str, str]:
    """Everything that computed, drew or typeset, with its version."""
    found = {"solgen": __version__, "Python": platform.python_version()}
    found |= {name: version(package) for name, package in _PACKAGES.items()}
    return {**found, "TeX": engine}


# --- the certificate ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Typeset:
    """One edition that was compiled: its PDF, number of pages, and the SHA-256 of its files.

    `made_from` are the LaTeX and the figures that the engine was given, by name.
    """

    pdf: Path
    pages: int
    made_from: Mapping[str, str]


def file_name(stem: str, languages: tuple[str, ...]) -> str:
    """How the certificate of a build is called: it names what it covers, where that is not all."""
    some = stem if stem != "booklet" or languages else ""
    return ".".join(filter(None, (some, "+".join(languages), NAME)))


def certificate_json(
    made_from: Mapping[str, str],
    software: Mapping[str, str],
    editions: Mapping[str, Typeset],
    contents: Mapping[str, Any],
) -> str:
    """The certificate as JSON text.

    `made_from` are the sources by path, `software` the versions of what was used, `editions` what
    was compiled, by the name under which it is published, `contents` what was counted about the
    questions.
    """
    data = {
        "certificate": FORMAT,
        "files": {name: _file(edition) for name, edition in editions.items()},
        "software": dict(software),
        "sources": {"files": dict(made_from), "sha256": digest(made_from)},
        **contents,
    }
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _file(edition: Typeset) -> dict[str, Any]:
    return {
        "pages": edition.pages,
        "sha256": hashed(edition.pdf),
        "tex": {n: made for n, made in sorted(edition.made_from.items()) if n.endswith(".tex")},
    }


# --- whether a PDF is the one -------------------------------------------------------------------


@dataclass(frozen=True)
class Vouched:
    """A PDF that a certificate speaks of: under which name, and all that the certificate says."""

    pdf: Path
    certificate: Path
    name: str
    data: Mapping[str, Any]

    @property
    def entry(self) -> Mapping[str, Any]:
        """What the certificate says of this file."""
        return self.data["files"][self.name]


def verified(pdf: Path, certificate: Path | None = None) -> Vouched:
    """The certificate that speaks of exactly these bytes: the one given, or one beside the PDF.

    A PDF may have been renamed. Raises VerificationError where no certificate is there, or none
    speaks of these bytes.
    """
    found = hashed(pdf)
    known = [certificate] if certificate else _beside(pdf)
    read = [(path, _read(path)) for path in known]
    same = [
        Vouched(pdf, path, name, data)
        for path, data in read
        for name, entry in data["files"].items()
        if entry["sha256"] == found
    ]
    if same:
        return next((one for one in same if one.name == pdf.name), same[0])
    if not read:
        raise VerificationError(
            "no certificate lies beside this PDF",
            str(pdf),
            f"put the {NAME} of its build there, or name it: --certificate FILE",
        )
    raise _other(pdf, found, read)


def _beside(pdf: Path) -> list[Path]:
    """The certificates in a PDF's folder, the one of the whole booklet first."""
    found = [path for path in pdf.parent.glob(f"*{NAME}") if path.is_file()]
    return sorted(found, key=lambda path: (path.name != NAME, path.name))


def _read(path: Path) -> Mapping[str, Any]:
    """The certificate in a file. Raises VerificationError where it is none, or was edited badly."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        sound = data["certificate"] == FORMAT and bool(list(summary(data)))
        sound = (
            sound
            and digest(data["sources"]["files"], data["software"]["solgen"])
            == (data["sources"]["sha256"])
        )
        sound = sound and all(
            isinstance(entry["pages"], int) and entry["sha256"] and dict(entry["tex"])
            for entry in data["files"].values()
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        sound = False
    if not sound:
        raise VerificationError(
            "this file is no certificate of solgen, or no longer a whole one",
            str(path),
            "build the booklet again: solgen pdf",
        )
    return data


def _other(pdf: Path, found: str, read: list[tuple[Path, Mapping[str, Any]]]) -> VerificationError:
    """The message for a PDF of other bytes than the certificates speak of."""
    for path, data in read:
        if pdf.name in data["files"]:
            entry = data["files"][pdf.name]
            return VerificationError(
                f"this is not the {pdf.name} that {path.name} speaks of",
                str(pdf),
                "take the PDF that was published with it, or build both again: solgen pdf",
                found=f"SHA-256 {found[:SHOWN]}…",
                expected=f"SHA-256 {entry['sha256'][:SHOWN]}…, {entry['pages']} pages",
            )
    names = sorted({name for _, data in read for name in data["files"]})
    certificates = ", ".join(path.name for path, _ in read)
    return VerificationError(
        f"{certificates} speaks of other PDFs",
        str(pdf),
        "give the certificate of its build: --certificate FILE",
        found=f"SHA-256 {found[:SHOWN]}…",
        expected=", ".join(names),
    )


def changed_sources(vouched: Vouched, project: Project) -> list[str]:
    """The sources that are not those the booklet was made from; empty where all are."""
    then, now = vouched.data["sources"]["files"], sources(project)
    found = changes(then, now)
    before = vouched.data["software"].get("solgen")
    return found if before == __version__ else [*found, f"solgen {__version__} (was {before})"]


def changed_tex(vouched: Vouched) -> list[str] | None:
    """The kept LaTeX files that are not the certified ones; None where none is kept."""
    folder = vouched.pdf.parent / "tex" / Path(vouched.name).stem
    if not folder.is_dir():
        return None
    now = {path.name: hashed(path) for path in folder.glob("*.tex")}
    return changes(vouched.entry["tex"], now)


def changes(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names of which the hash is another one, or which are on one side only."""

    def change(path: str) -> str:
        return "" if path in now and path in then else " (gone)" if path in then else " (new)"

    names = sorted({*then, *now})
    return [name + change(name) for name in names if then.get(name) != now.get(name)]


def summary(data: Mapping[str, Any]) -> Iterator[str]:
    """What a certificate says of each part, and of the whole, a line each."""
    for question, parts in data["questions"].items():
        for part, row in parts.items():
            place = question if part == OUTSIDE else f"{question} ({part})"
            yield f"{place:8}" + _summed(row)
    yield f"{'total':8}" + _summed(data["totals"])


def _summed(row: Mapping[str, Any]) -> str:
    said = [_relations(row["relations"])] if row["relations"] else []
    roads = [len(answer["roads"]) for answer in row.get("answers", {}).values()]
    said += [f"{_range(roads)} roads"] if roads else []
    if row["mutants"]:
        wrong = row["mutants"]["variants"] - row["mutants"]["equal"]
        said.append(f"{row['mutants']['killed']} of {wrong} mutants killed")
    said.append(f"{row['seals']['sealed']} of {row['seals']['pairs']} seals")
    return "; ".join(said)


def _relations(counts: Mapping[str, Mapping[str, int]]) -> str:
    """The relations of each kind, once where all languages have as many."""
    found = {locale: _listed(kinds) for locale, kinds in counts.items()}
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return "; ".join(f"{locale}: {listed}" for locale, listed in found.items())


def _listed(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {kind}" for kind, n in kinds.items() if n) or "no relation"


def _range(numbers: Collection[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"
