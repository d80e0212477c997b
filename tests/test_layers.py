"""The modules of solgen form layers, and a command loads no layer it does not need."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from solgen import certificate

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "solgen"

# A module may import those of the layers before its own, and those named with an arrow.
LAYERS = (
    (
        "characters",
        "clock",
        "durable",
        "edits",
        "entries",
        "errors",
        "landlock",
        "legible",
        "limits",
        "pdfscan",
        "pool",
        "recorder",
        "texbans",
        "texlog",
        "values",
    ),
    (
        "editor",
        "engine",
        "exact",
        "facts",
        "floating",
        "galley",
        "journal",
        "pages",
        "project",
        "repeatable",
        "sandbox",
        "sets",
        "syntax",
        "texscan",
        "tokens",
        "workers",
    ),
    (
        "certificate",
        "doctor",
        "faults",
        "install",
        "keys",
        "lint",
        "listing",
        "locales",
        "misprints",
        "new",
        "overrides",
        "places",
        "publish",
        "reading",
        "review",
        "templating",
        "text",
        "turns",
    ),
    (
        "author",
        "confine",
        "edition",
        "escaping",
        "forms",
        "ledger",
        "proofread",
        "reads",
        "synctex",
        "wording",
    ),
    (
        "board",
        "cache",
        "experiment",
        "formulas",
        "instance",
        "parity",
        "references",
        "slips",
        "stream",
        "symbols",
        "viewers",
    ),
    (
        "definitions",
        "exam",
        "grammar",
        "memo",
        "points",
        "preload",
        "server",
        "twins",
    ),
    (
        "compile",
        "live",
        "numeric",
        "pairs",
        "proof",
        "readback",
        "render",
    ),
    (
        "algebra",
        "chapter",
    ),
    (
        "differences",
        "evidence",
        "latex",
        "model",
        "relations",
        "rewrite",
        "symbolic",
        "tally",
        "typed",
        "wrong",
    ),
    (
        "appendix",
        "arithmetic",
        "checks",
        "diagnosis",
        "guards",
        "shape",
        "trial",
    ),
    (
        "contexts",
        "load",
        "matter",
        "meaning",
    ),
    (
        "booklet",
        "draw",
        "judge",
        "lexicon",
        "sheet",
        "subjects",
        "targets",
        "verify",
    ),
    (
        "answers",
        "display",
        "press",
        "preview",
        "refusals",
        "typeset",
        "workshop",
    ),
    (
        "gather",
        "keeper",
        "liar",
        "proposal",
        "voice",
    ),
    (
        "compose",
        "corrector",
        "printing",
        "score",
    ),
    (
        "build",
        "mutants",
    ),
    (
        "given",
        "warm",
    ),
    ("watch",),
    ("cli",),
    ("__main__",),
)
ARROWS = {
    # Getting an engine is a part of finding one, which most runs never need.
    ("engine", "install"),
}
HEAVY = ("sympy", "matplotlib", "jinja2", "pylatex", "numpy", "mpmath", "watchfiles")


@cache
def imports() -> dict[str, set[str]]:
    """Which modules of solgen each one imports, inside functions too."""
    found = {}
    for path in sorted(PACKAGE.glob("*.py")):
        if path.stem != "__init__":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found[path.stem] = {name for node in ast.walk(tree) for name in _imported(node)}
    return found


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.module == "solgen":
        return [alias.name for alias in node.names if alias.name != "__version__"]
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("solgen."):
        return [str(node.module).split(".")[1]]
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[1] for alias in node.names if alias.name[:7] == "solgen."]
    return []


def test_every_module_has_its_layer() -> None:
    named = [module for layer in LAYERS for module in layer]
    assert sorted(named) == sorted(imports())


@pytest.mark.parametrize("module", sorted(imports()))
def test_a_module_imports_only_what_stands_before_it(module: str) -> None:
    level = {name: depth for depth, layer in enumerate(LAYERS) for name in layer}
    wrong = {
        other
        for other in imports()[module]
        if level[other] >= level[module] and (module, other) not in ARROWS
    }
    assert not wrong


def loaded(code: str, cwd: Path = ROOT) -> set[str]:
    """The top-level modules in memory after running the code in a fresh interpreter."""
    tail = "\nimport sys\nprint(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + tail],
        cwd=cwd, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        (["list"], HEAVY),
        (["--help"], HEAVY),
        (["list", "q1"], HEAVY),
        (["check", "q1"], ("matplotlib", "jinja2", "pylatex")),
    ],
    ids=str,
)
def test_a_command_loads_only_what_it_needs(arguments: list[str], without: tuple[str, ...]) -> None:
    code = (
        "from solgen.cli import main\n"
        f"main.main({arguments!r}, prog_name='solgen', standalone_mode=False)"
    )
    assert not loaded(code) & set(without)


def test_verifying_a_pdf_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "booklet.pdf").write_bytes(b"%PDF-1.7\n")
    edition = certificate.Typeset(tmp_path / "booklet.pdf", 1, {"main.tex": "0" * 64})
    seals = {"pairs": 0, "sealed": 0}
    counted = {"questions": {}, "totals": {"relations": None, "mutants": None, "seals": seals}}
    text = certificate.certificate_json({}, {"solgen": "0.1.0"}, {"booklet.pdf": edition}, counted)
    (tmp_path / certificate.NAME).write_text(text, encoding="utf-8")
    code = (
        "from solgen.cli import main\n"
        "main.main(['verify', 'booklet.pdf'], prog_name='solgen', standalone_mode=False)"
    )
    assert not loaded(code, tmp_path) & set(HEAVY)


def test_importing_solgen_imports_nothing_heavy() -> None:
    assert not loaded("import solgen") & set(HEAVY)


def test_the_names_of_solgen_are_there_when_asked_for() -> None:
    code = "import solgen\nassert all(hasattr(solgen, name) for name in solgen.__all__)"
    assert not loaded(code) & {"matplotlib", "jinja2", "pylatex"}
