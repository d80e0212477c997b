r"""The same content for the peers: the final bilingual LaTeX as a PythonTeX and a knitr document.

Both are one file: the generated parts stand where they were read. Each question begins by Python
code that imports its module and draws its figures, and the last form of every verified answer is
what SymPy prints of the value that the module computed.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BEGIN = r"\begin{document}"
# The first pass comes before the figures exist.
PYTHONTEX = r"""
\usepackage{pythontex}
\setpythontexworkingdir{.}
\let\soldrawn\includegraphics
\renewcommand\includegraphics[2][]{\IfFileExists{#2.pdf}{\soldrawn[#1]{#2}}{}}
"""
# latexmk runs pythontex when the code it finds in the document, or a module, has changed.
LATEXMKRC = """\
push @generated_exts, 'pytxcode';
$extra_rule_spec{'pythontex'} = ['internal', '', 'run_pythontex',
    '%R.pytxcode', 'pythontex-files-%R/%R.pytxmcr', '%R', 1];
sub run_pythontex {
    my $code = system("pythontex --interpreter python:PYTHON $$Psource");
    rdb_add_generated(glob "pythontex-files-$$Pbase/*");
    rdb_ensure_file($rule, $_) for glob "questions/*.py";
    return $code;
}
"""
INSIDE = Path(__file__).with_name("inside.py")

_ANCHOR = r"\{report\.(?P<question>q\d+)\.(?P<name>[\w-]+)\.\w+\}"
_SHOWN = re.compile(
    r"^(?P<head>.*?&= )(?P<form>.+?)(?P<tail> +(?:&\\quad& .*)?\\tag\*\{\\solmark"
    + _ANCHOR
    + ".*)$",
    re.MULTILINE,
)
_INLINE = re.compile(r"\$(?P<formula>[^$]+)\$(?P<tail>\\solsign" + _ANCHOR + ")")
_FIGURE = re.compile(r"\\solfigure\{[^}]*\}\{(?P<question>q\d+)-(?P<id>\S+?)-(?P<codes>[a-z-]+)\}")
_QUESTION = re.compile(r"^\\solquestion\{(q\d+)\}", re.MULTILINE)


@dataclass(frozen=True)
class Content:
    """The LaTeX in one file; each question's answers, by name, and figures, as (id, languages)."""

    preamble: str
    body: str
    answers: dict[str, list[str]]
    figures: dict[str, list[tuple[str, str]]]


def inlined(folder: Path) -> tuple[str, str]:
    """The preamble and the body of the finished LaTeX, the parts where they are read."""
    main = (folder / "main.tex").read_text(encoding="utf-8")
    preamble, _, body = main.partition(BEGIN)
    return preamble, re.sub(
        r"\\solgeninput\{([\w.-]+)\}",
        lambda found: (folder / f"{found[1]}.tex").read_text(encoding="utf-8"),
        body,
    )


def read(folder: Path, value: Callable[[str, str], str]) -> Content:
    """What the folder of a finished build holds; `value` writes how an answer's form is got."""
    preamble, body = inlined(folder)
    answers: dict[str, dict[str, None]] = {}

    def computed(question: str, name: str) -> str:
        answers.setdefault(question, {})[name] = None
        return value(question, name)

    def shown(found: re.Match[str]) -> str:
        return found["head"] + computed(found["question"], found["name"]) + found["tail"]

    def inline(found: re.Match[str]) -> str:
        left = _left(found["formula"])
        return f"${left}{computed(found['question'], found['name'])}${found['tail']}"

    body = _INLINE.sub(inline, _SHOWN.sub(shown, body))
    figures: dict[str, dict[tuple[str, str], None]] = {}
    for found in _FIGURE.finditer(body):
        figures.setdefault(found["question"], {})[found["id"], found["codes"]] = None
    return Content(
        preamble,
        body,
        {question: list(names) for question, names in answers.items()},
        {question: list(ids) for question, ids in figures.items()},
    )


def _left(formula: str) -> str:
    """A formula up to its first equals sign outside braces, and the sign."""
    depth = 0
    for at, character in enumerate(formula):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0 and formula.startswith(" = ", at):
            return formula[: at + 3]
    raise ValueError(f"no equals sign in {formula}")


def latex(folder: Path, _exam: Path, target: Path) -> Path:
    """Write the LaTeX alone, its figures finished."""
    target.mkdir(parents=True)
    for figure in folder.glob("q*.pdf"):
        shutil.copy2(figure, target)
    path = target / "booklet.tex"
    path.write_text(BEGIN.join(inlined(folder)), encoding="utf-8")
    return path


def pythontex(folder: Path, exam: Path, target: Path) -> Path:
    """Write the PythonTeX document; one session for each question, so that they run in parallel."""

    def value(question: str, name: str) -> str:
        return rf"\py[{question}]{{exam.value('{name}')}}"

    def code(question: str, content: Content) -> str:
        draws = "".join(
            f"\\begin{{pycode}}[{question}]\nexam.draw('{name}', '{codes}')\n\\end{{pycode}}\n"
            for name, codes in content.figures.get(question, [])
        )
        return (
            f"\\begin{{pycode}}[{question}]\nfrom inside import Question\n"
            f"pytex.add_dependencies({', '.join(map(repr, _sources(exam, question)))})\n"
            f"exam = Question('{question}')\n\\end{{pycode}}\n{draws}"
        )

    content = read(folder, value)
    path = _write(exam, target, "booklet.tex", content.preamble + PYTHONTEX, content, code)
    rules = LATEXMKRC.replace("PYTHON", sys.executable)
    (target / "latexmkrc").write_text(rules, encoding="utf-8")
    return path


def knitr(folder: Path, exam: Path, target: Path) -> Path:
    """Write the knitr document; a chunk for each question's values and for each figure, cached."""

    def value(question: str, name: str) -> str:
        return rf"\solvalue{{{question}.{name}}}"

    def code(question: str, content: Content) -> str:
        extra = f"cache.extra=tools::md5sum(c({', '.join(map(repr, _sources(exam, question)))}))"
        begin = f"from inside import Question\nexam = Question('{question}')\n"
        names = content.answers.get(question, [])
        define = f"{begin}exam.define({names})\n@\n"
        chunks = [f"<<{question}-values, results='asis', {extra}>>=\n{define}"]
        chunks += [
            f"<<{question}-{name}, results='hide', {extra}>>=\n{begin}"
            f"exam.draw('{name}', '{codes}')\n@\n"
            for name, codes in content.figures.get(question, [])
        ]
        return "".join(chunks)

    content = read(folder, value)
    setup = (
        "<<setup, include=FALSE, cache=FALSE>>=\n"
        "knitr::opts_chunk$set(engine='python', echo=FALSE, cache=TRUE,\n"
        f"  engine.path='{sys.executable}',\n"
        "  python.reticulate=requireNamespace('reticulate', quietly=TRUE))\n@\n"
    )
    macro = "\\newcommand\\solvalue[1]{\\csname #1\\endcsname}\n"
    return _write(exam, target, "booklet.Rnw", content.preamble + macro, content, code, setup)


def _sources(exam: Path, question: str) -> list[str]:
    """What a question's code depends on: its module, and those that are not questions."""
    shared = sorted(p.name for p in (exam / "questions").glob("*.py"))
    return [f"questions/{name}" for name in shared if not re.fullmatch(r"q\d+\.py", name)] + [
        f"questions/{question}.py"
    ]


def _write(
    exam: Path,
    target: Path,
    name: str,
    preamble: str,
    content: Content,
    code: Callable[[str, Content], str],
    setup: str = "",
) -> Path:
    """The document in a folder with the exam's modules and what it runs; the document's path."""
    target.mkdir(parents=True)
    shutil.copytree(
        exam / "questions", target / "questions", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy2(INSIDE, target / "inside.py")
    body = _QUESTION.sub(lambda found: code(found[1], content) + found[0], content.body)
    path = target / name
    path.write_text(f"{preamble}{BEGIN}\n{setup}{body}", encoding="utf-8")
    return path
