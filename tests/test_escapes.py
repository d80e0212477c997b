r"""Attempts to get out of the build from LaTeX: none succeeds, each is told at the author's line.

Two walls are tried one after the other: what solgen refuses in the sources, and, with that switched
off, what the engine refuses and what solgen finds in its record and in the PDF.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_broken import HERE, PUBLISHED, assert_nothing_changed, run, sources
from test_compile import pdflatex, refused, tectonic, write

from solgen import engine, grammar, landlock, pdfscan, recorder, texscan
from solgen.compile import compile_folder
from solgen.engine import Engine
from solgen.errors import LatexError, SolgenError, Where
from solgen.project import find_project
from solgen.sandbox import Limits

__all__ = ["pdflatex", "tectonic"]

SECRET = "hush-hush"
TEMPLATE, MODULE = "templates/questions/q1.tex.j2", "questions/q1.py"

found = engine.find_pdflatex()
needs_pdflatex = pytest.mark.skipif(
    found is None or not found.usable, reason="needs a usable pdflatex"
)


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that no build has to do with, and what it holds."""
    folder = tmp_path_factory.mktemp("outside")
    for name in ("secret.txt", "secret.tex", ".secret", "secret.sty"):
        (folder / name).write_text(SECRET + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def exam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The smallest good exam, with known bytes where its booklets are published."""
    folder = tmp_path / "exam"
    shutil.copytree(HERE / "exam", folder)
    (folder / "build").mkdir()
    for name in PUBLISHED:
        (folder / "build" / name).write_bytes(b"the last good " + name.encode())
    monkeypatch.chdir(folder)
    return folder


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} has {text.count(old)} times: {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


# --- what a template may try ----------------------------------------------------------------------

READING = {
    "input": r"\input{OUT/secret.tex}",
    "input of a parent": r"\input{../../secret}",
    "input without braces": r"\input OUT/secret.tex",
    "input from home": r"\input{\string~/secret}",
    "input of a variable": r"\input{$HOME/secret}",
    "input of a dot file": r"\input{.secret}",
    "input by its kernel name": r"\@@input OUT/secret.txt",
    "input as an environment": r"\begin{input}{OUT/secret.tex}\end{input}",
    "input of a device": r"\input{/dev/stdin}",
    "include": r"\include{OUT/secret}",
    "openin": r"\newread\r \openin\r=OUT/secret.txt \read\r to\x \x",
    "if the file exists": r"\InputIfFileExists{OUT/secret.tex}{}{}",
    "verbatim": r"\verbatiminput{OUT/secret.txt}",
    "listing": r"\lstinputlisting{OUT/secret.txt}",
    "picture": r"\includegraphics{OUT/secret.png}",
    "picture of a parent": r"\includegraphics[width=2cm]{../secret.png}",
    "path of pictures": r"\graphicspath{{OUT/}}\includegraphics{secret.png}",
    "image primitive": r"\pdfximage{OUT/secret.png}\pdfrefximage\pdflastximage",
    "bytes of a file": r"\pdffiledump offset 0 length 9 {OUT/secret.txt}",
    "size of a file": r"\pdffilesize{OUT/secret.txt}",
    "digest of a file": r"\pdfmdfivesum file {OUT/secret.txt}",
    "date of a file": r"\pdffilemoddate{OUT/secret.txt}",
    "file as an object": r"\immediate\pdfobj stream file {OUT/secret.txt}\pdfrefobj\pdflastobj",
    "font": r"\font\x=OUT/own \x A",
    "font map": r"\pdfmapfile{OUT/secret.txt}",
    "font file": r"\pdfmapline{=cmr10 CMR10 <OUT/own.pfb}",
    "package": r"\usepackage{OUT/secret}",
    "bibliography": r"\bibliography{OUT/secret}",
    "stream of memoir": r"\newinputstream{x}\openinputfile{OUT/secret.txt}{x}",
    "from the terminal": r"\typein[\x]{?}\x",
}
WRITING = {
    "openout": r"\newwrite\w \immediate\openout\w=OUT/new \immediate\write\w{x}",
    "openout in a parent": r"\newwrite\w \immediate\openout\w=../new \immediate\write\w{x}",
    "openout of a dot file": r"\newwrite\w \immediate\openout\w=.new \immediate\write\w{x}",
    "file contents": "\\begin{filecontents}{OUT/new}\nx\n\\end{filecontents}",
    "verbatim output": "\\begin{verbatimoutput}{OUT/new}\nx\n\\end{verbatimoutput}",
    "output stream": r"\newoutputstream{x}\openoutputfile{OUT/new}{x}",
    "into the state of the next pass": r"\addtocontents{toc}{\protect\input{OUT/secret}}",
    "into a label": r"\label{x\string}\string\input{OUT/secret}}",
}
RUNNING = {
    "write18": r"\immediate\write18{touch OUT/new}",
    "write18 in other digits": r"\immediate\write\"12{touch OUT/new}".replace(r"\"", '"'),
    "pipe": r'\input{|"touch OUT/new"}',
    "pipe without braces": r'\input|"touch OUT/new" ',
    "pipe to read": r'\newread\r\openin\r="|touch OUT/new" ',
    "pipe to write": r'\newwrite\w\immediate\openout\w="|touch OUT/new" ',
    "a program of the short list": r"\immediate\write18{kpsewhich article.cls}",
    "by package": r"\ShellEscape{touch OUT/new}",
    "Lua": r'\directlua{os.execute("touch OUT/new")}',
}
HIDING = {
    "change of catcode": r"\catcode`\|=0 |input{OUT/secret}",
    "csname": r"\csname inp" + r"ut\endcsname{OUT/secret}",
    "csname in pieces": r"\expandafter\csname\expandafter i\expandafter n\endcsname",
    "hat notation": r"\^^69nput{OUT/secret}",
    "hat notation of a backslash": r"^^5cinput{OUT/secret}",
    "scantokens": r"\scantokens{\inp" + r"ut{OUT/secret}}",
    "lowercase": r"\lowercase{\def\x{INPUT}}\csname\x\endcsname{OUT/secret}",
    "letters with an at sign": r"\makeatletter\@input{OUT/secret}\makeatother",
    "expl3": r"\ExplSyntaxOn\file_input:n{OUT/secret}\ExplSyntaxOff",
    "patch": r"\def\x{\relax put}\patchcmd\x{\relax }{\in}{}{}\x{OUT/secret}",
    "environment named by a macro": r"\def\x{input}\begin{\x}{OUT/secret}",
    "alias of begin": r"\let\b\begin \b{input}{OUT/secret}",
    "active letter": r"\useshorthands{u}\inputuX",
    "name by etoolbox": r"\csuse{input}{OUT/secret}",
    "name by the kernel": r"\UseName{input}{OUT/secret}",
    "behind what is no comment": r"\url{https://a.org/50%}\input{OUT/secret}",
    "in the mark of a comment": r"% \input{OUT/secret}",
    "built by Jinja": r'\VAR{"\\inp" ~ "ut{OUT/secret}"}',
}
ACTING = {
    "script on opening": r"\pdfcatalog{/OpenAction << /S /JavaScript /JS (app.alert(1)) >>}",
    "launching annotation": r"\pdfannot width 1pt {/Subtype /Link /A << /S /Launch /F (x) >>}",
    "link that runs": r"\href{run:/bin/sh}{x}",
    "link to a script": r"\href{javascript:app.alert(1)}{x}",
    "link to a file": r"\href{file:/etc/hosts}{x}",
    "link by a macro": r"\def\x{run:/bin/sh}\href{\x}{x}",
    "link with an option": r"\href[nextactionraw=<</S/Launch>>]{https://a.org}{x}",
    "button": r"\PushButton[onclick={app.alert(1)}]{x}",
    "embedded file": r"\pdfnames{/EmbeddedFiles 1 0 R}",
    "special": r"\special{pdf:put @catalog <</AA 1 0 R>>}",
}
VARYING = {
    "random number": r"\pdfuniformdeviate 100",
    "normal number": r"\pdfnormaldeviate",
    "clock": r"\pdfelapsedtime",
    "date of creation": r"\pdfcreationdate",
    "today": r"\today",
    "year": r"\the\year",
    "time": r"\number\time",
    "name of the job": r"\jobname",
    "silenced faults": r"\tracinglostchars=0 ",
    "room for boxes that stick out": r"\hfuzz=50pt ",
    "faked log": r"\typeout{all is well}",
    "faked mark": r"\solsign{report.q1.slope.fr}",
    "faked tick": r"$\checkmark$",
}
ATTEMPTS = {**READING, **WRITING, **RUNNING, **HIDING, **ACTING, **VARYING}


PLACES = ("On additionne : \\VAR{inline(total)}.\n", "Add up: \\VAR{inline(total)}.\n")


def attempted(exam: Path, name: str, outside: Path) -> str:
    """The template, once the attempt stands at its line 43."""
    attempt = ATTEMPTS[name].replace("OUT", str(outside))
    for place in PLACES:
        replace(exam / TEMPLATE, place, place + attempt + "\n")
    return (exam / TEMPLATE).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in ATTEMPTS if name != "built by Jinja"])
def test_a_template_may_not_even_try(name: str, exam: Path, outside: Path) -> None:
    source, project = attempted(exam, name, outside), find_project(exam)
    with pytest.raises(SolgenError) as caught:
        grammar.inspect(source, exam / TEMPLATE, project, "1")
    assert caught.value.where == Where(TEMPLATE, 43, "1", "b")
    assert caught.value.code in (12, 13)
    assert caught.value.hint


@needs_pdflatex
@pytest.mark.parametrize(
    "name",
    ["input", "openout", "write18", "csname", "built by Jinja", "link that runs", "random number"],
)
def test_an_attempt_publishes_nothing(
    name: str, exam: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attempted(exam, name, outside)
    before, kept = sources(exam), held(outside)
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code == 13, ended.screen
    assert ended.message.startswith(f"{TEMPLATE}:43, question 1, part (b)")
    assert "what to do: " in ended.message
    assert held(outside) == kept
    assert_nothing_changed(exam, before)


@dataclass(frozen=True)
class Elsewhere:
    """An attempt in another file: what to replace there, by what, and what is then said."""

    file: str
    old: str
    new: str
    code: int
    said: str


ELSEWHERE = {
    "in a title": Elsewhere(
        MODULE, 'fr="Une pente"', 'fr=r"Une $\\input{OUT/secret}$"', 10, f"{MODULE}:61"
    ),
    "in a caption": Elsewhere(
        MODULE, 'fr="Le volume."', 'fr=r"$\\openin1=OUT/secret$"', 10, f"{MODULE}:67"
    ),
    "in a left side": Elsewhere(
        MODULE, 'r"\\frac{dV}{dx}"', 'r"\\csname input\\endcsname{x}"', 10, f"{MODULE}:29"
    ),
    "in the LaTeX of a symbol": Elsewhere(
        MODULE,
        "value=x**3,",
        r'value=x**3, latex=r"\pdffilesize{OUT/secret}",',
        10,
        f"{MODULE}:27",
    ),
    "in the name of a symbol": Elsewhere(
        MODULE, 'symbol("V", ', r'symbol(r"V\input{OUT/secret}", ', 10, f"{MODULE}:27"
    ),
    "in a reason": Elsewhere(
        "questions/phrases.py",
        "dérivée d'une puissance",
        r"$\\write18{x}$",
        10,
        "questions/phrases.py:5",
    ),
    "in the name of a figure": Elsewhere(
        MODULE, '"cube",', r'"../../cube",', 10, "cannot be a file name"
    ),
    "in the label of a figure": Elsewhere(
        MODULE,
        "    ax.legend()\n",
        '    ax.text(1, 1, r"\\input{OUT/secret}", usetex=True)\n',
        14,
        f"{MODULE}:64",
    ),
    "in a language's code": Elsewhere(
        "solgen.toml", '["fr", "en"]', '["fr", "../en"]', 10, "solgen.toml:3"
    ),
}


@needs_pdflatex
@pytest.mark.parametrize("name", ELSEWHERE)
def test_other_texts_of_the_author_get_nowhere(
    name: str, exam: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = ELSEWHERE[name]
    replace(exam / one.file, one.old, one.new.replace("OUT", str(outside)))
    before, kept = sources(exam), held(outside)
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code == one.code, ended.screen
    assert one.said in ended.message
    assert held(outside) == kept
    assert_nothing_changed(exam, before)


OWN_LOOK = {
    "input": r"\input{OUT/secret}",
    "package of another folder": r"\usepackage{OUT/secret}",
    "package by a path with options": "\\usepackage[a,\n b]{../secret}",
    "hidden name": r"\csname inp\string ut\endcsname{OUT/secret}",
    "hidden by the kernel": r"\makeatletter\@nameuse{input}{OUT/secret}\makeatother",
    "catcode": r"\catcode`\!=0 !input{OUT/secret}",
    "file written": r"\newwrite\w\immediate\openout\w=OUT/new",
    "program": r"\AtBeginDocument{\immediate\write18{touch OUT/new}}",
    "font": r"\font\x=OUT/own",
    "special of XeTeX": r"\special{pdf:fstream @x (OUT/secret.txt)}",
    "catalog": r"\pdfcatalog{/AA 1 0 R}",
    "opening action": r"\AtBeginDocument{\hypersetup{pdfopenaction=x}}",
    "date": r"\newcommand\stamp{\today}",
    "invisible": "\\newcommand\\x{a\u202eb}",
}


@needs_pdflatex
@pytest.mark.parametrize("file", ["look.tex", "booklet.tex.j2"])
@pytest.mark.parametrize("name", OWN_LOOK)
def test_an_exam_s_own_look_gets_nowhere(
    name: str, file: str, exam: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = (Path(engine.__file__).parent / "templates" / file).read_text(encoding="utf-8")
    attempt = OWN_LOOK[name].replace("OUT", str(outside))
    (exam / "templates" / file).write_text(f"% mine\n{attempt}\n{shipped}", encoding="utf-8")
    before, kept = sources(exam), held(outside)
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code in (12, 13), ended.screen
    assert f"templates/{file}:2: " in ended.message
    assert held(outside) == kept
    assert_nothing_changed(exam, before)


@needs_pdflatex
def test_a_command_that_jinja_would_put_together_is_refused(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = exam / "templates" / "booklet.tex.j2"
    own.write_text('a\n\\VAR{"\\\\inp" ~ "ut"}{/etc/hosts}\n', encoding="utf-8")
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code == 12
    assert "templates/booklet.tex.j2:2: a command spelled inside a string" in ended.message


@needs_pdflatex
@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("babel_setup = '\\frenchsetup", "babel_setup = '\\input{/etc/hosts}\\frenchsetup", 9),
        ('part = "', 'part = "\\\\input{/etc/hosts}', 8),
        ('question = "', 'question = "\\\\write18{x}', None),
    ],
    ids=["setup", "label", "word"],
)
def test_an_exam_s_own_words_get_nowhere(
    old: str, new: str, line: int | None, exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(engine.__file__).parent / "words" / "fr.toml"
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    own = exam / "templates" / "words" / "fr.toml"
    own.parent.mkdir()
    own.write_text(text.replace(old, new, 1), encoding="utf-8")
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code == 12
    assert ended.message.startswith("words/fr.toml:")
    assert line is None or ended.message.startswith(f"words/fr.toml:{line}: ")
    assert "is refused" in ended.message


@needs_pdflatex
def test_what_the_exam_s_settings_say_is_printed_and_not_run(
    exam: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title = rf"\input{{{outside}/secret}} #$%&~_^"
    replace(exam / "solgen.toml", 'fr = "Examen"', f"fr = '{title}'")
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code == 0, ended.screen
    text = words(exam / "build" / "booklet.fr.pdf")
    assert SECRET not in text
    assert r"\input{" in text


@needs_pdflatex
def test_the_key_of_a_reference_is_a_name(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (exam / "references.toml").write_text(
        '["a}\\\\input{x"]\nauthors = ["A, B."]\nyear = 1\ntitle = "t"\nvenue = "v"\n',
        encoding="utf-8",
    )
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code == 10
    assert "references.toml: the key" in ended.message


def words(pdf: Path) -> str:
    """The text of a PDF."""
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(pdf).pages)


# --- the engine alone -----------------------------------------------------------------------------


@pytest.fixture
def unscanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is refused in the sources."""
    monkeypatch.setattr(texscan, "forbidden", lambda *_args, **_more: None)


# What stays inside, or needs a package that is not there.
_INSIDE = (
    "input of a dot file",
    "package",
    "bibliography",
    "stream of memoir",
    "from the terminal",
)
_HIDDEN = ("change of catcode", "csname", "hat notation", "scantokens", "expl3", "patch")
ENGINE = {
    **{name: text for name, text in (READING | WRITING | RUNNING).items() if name not in _INSIDE},
    **{name: HIDING[name] for name in _HIDDEN},
}


@needs_pdflatex
@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("name", ENGINE)
def test_pdftex_itself_reads_writes_and_runs_nothing(
    name: str, pdflatex: Engine, tmp_path: Path, outside: Path
) -> None:
    attempt = ENGINE[name].replace("OUT", str(outside))
    folder = write(tmp_path / "w", one=f"a\n\n{attempt}\n\nb\n")
    kept = held(outside)
    told, printed = "", ""
    try:
        printed = words(compile_folder(folder, pdflatex, limits=Limits(seconds=20)).pdf)
    except SolgenError as error:
        told = str(error)
    assert (told == "") == (folder / "main.pdf").exists()
    assert SECRET not in told + printed
    assert held(outside) == kept
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w"]
    assert not [p.name for p in folder.iterdir() if p.name.startswith(".")]


@needs_pdflatex
@pytest.mark.usefixtures("unscanned")
def test_what_pdftex_reads_all_the_same_is_found_in_its_record(
    pdflatex: Engine, tmp_path: Path, outside: Path
) -> None:
    folder = write(
        tmp_path / "w", one="a\n\n" + READING["file as an object"].replace("OUT", str(outside))
    )
    error = refused(folder, pdflatex)
    assert isinstance(error, LatexError)
    assert error.message == "LaTeX reads a file that is not the booklet's"
    assert error.found == str(outside / "secret.txt")
    assert error.where == Where("one.tex", 3)


@needs_pdflatex
@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(
    "name",
    [
        "script on opening",
        "launching annotation",
        "link that runs",
        "link to a script",
        "link to a file",
        "link by a macro",
    ],
)
def test_a_pdf_that_acts_is_not_published(name: str, pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one=f"a\n\n{ACTING[name]}\n\nb\n")
    error = refused(folder, pdflatex)
    assert error.message == "the PDF does more than to be read"
    assert isinstance(error.found, str)


@needs_pdflatex
@pytest.mark.usefixtures("unscanned")
def test_what_one_pass_leaves_to_the_next_is_read_too(
    pdflatex: Engine, tmp_path: Path, outside: Path
) -> None:
    left = rf"\addtocontents{{toc}}{{\string\inp\string ut{{{outside}/secret}}}}"
    folder = write(tmp_path / "w", one=f"a\n\n{left}\n")
    error = refused(folder, pdflatex)
    assert error.message.startswith(r"a command leaves \input to the next pass")


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("name", ["input", "openin", "verbatim", "include", "input of a parent"])
def test_what_tectonic_reads_outside_is_found_in_its_record(
    name: str, tectonic: Engine, tmp_path: Path, outside: Path
) -> None:
    (tmp_path / "secret.tex").write_text(SECRET, encoding="utf-8")
    attempt = READING[name].replace("OUT", str(outside)).replace("../../", "../")
    folder = write(tmp_path / "w", one=f"a\n\n{attempt}\n\nb\n")
    error = refused(folder, tectonic)
    assert "a file that is not the booklet's" in error.message, str(error)


@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("name", ["write18", "pipe", "a program of the short list"])
def test_tectonic_runs_nothing(name: str, tectonic: Engine, tmp_path: Path, outside: Path) -> None:
    folder = write(tmp_path / "w", one="a\n\n" + RUNNING[name].replace("OUT", str(outside)))
    kept = held(outside)
    refused(folder, tectonic)
    assert held(outside) == kept


@pytest.mark.skipif(landlock.version() == 0, reason="needs Linux with Landlock")
@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize("name", list(WRITING))
def test_tectonic_writes_nothing_outside(
    name: str, tectonic: Engine, tmp_path: Path, outside: Path
) -> None:
    folder = write(tmp_path / "w", one="a\n\n" + WRITING[name].replace("OUT", str(outside)) + "\n")
    kept = held(outside)
    told = ""
    try:
        compile_folder(folder, tectonic, limits=Limits(seconds=20))
    except SolgenError as error:
        told = str(error)
    if name in ("openout", "openout in a parent", "file contents", "verbatim output"):
        assert told.startswith("one.tex:3: LaTeX writes a file that is not the booklet's")
    assert held(outside) == kept
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w"]


@needs_pdflatex
def test_the_first_line_gives_the_engine_no_options(
    pdflatex: Engine, tmp_path: Path, outside: Path
) -> None:
    folder = write(tmp_path / "w", one="a")
    main = folder / "main.tex"
    text = main.read_text(encoding="utf-8")
    body = text.replace(
        "\\begin{document}", f"\\begin{{document}}\\immediate\\write18{{touch {outside}/new}}"
    )
    main.write_text(f"%&pdflatex -shell-escape\n{body}", encoding="utf-8")
    kept = held(outside)
    assert r"\write18" in str(refused(folder, pdflatex))
    assert held(outside) == kept


@needs_pdflatex
@pytest.mark.usefixtures("unscanned")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shell_escape", "t"),
        ("openin_any", "a"),
        ("openout_any", "a"),
        ("TEXINPUTS", "OUT:"),
        ("TEXMFOUTPUT", "OUT"),
        ("TEXFORMATS", "OUT"),
    ],
)
def test_no_variable_of_the_environment_opens_a_wall(
    name: str,
    value: str,
    pdflatex: Engine,
    tmp_path: Path,
    outside: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value.replace("OUT", str(outside)))
    attempts = rf"""\immediate\write18{{touch {outside}/new}}
\newread\r \openin\r={outside}/secret.txt \ifeof\r\else\read\r to\x \x\fi
\IfFileExists{{secret.tex}}{{\input{{secret}}}}{{}}
"""
    folder = write(tmp_path / "w", one=attempts)
    kept = held(outside)
    error = refused(folder, pdflatex)
    assert SECRET not in str(error)
    assert held(outside) == kept
    log = "\n".join(p.read_text(errors="replace") for p in folder.glob("*.log"))
    assert SECRET not in log


# --- the walls themselves -------------------------------------------------------------------------


def test_a_record_names_what_is_foreign(tmp_path: Path) -> None:
    record = tmp_path / recorder.FLS
    tree = Path("/usr/share/texmf")
    record.write_text(f"PWD {tmp_path}\nINPUT main.tex\nINPUT {tree}/a.sty\nOUTPUT ./main.log\n")
    assert recorder.foreign(tmp_path, (tree,)) is None
    assert recorder.foreign(tmp_path, ()) == ("reads", f"{tree}/a.sty")
    record.write_text(f"INPUT {tree}/../../../etc/hosts\n")
    assert recorder.foreign(tmp_path, (tree,)) == ("reads", "/etc/hosts")
    record.write_text(f"OUTPUT {tree}/a.sty\n")
    assert recorder.foreign(tmp_path, (tree,)) == ("writes", f"{tree}/a.sty")
    record.unlink()
    (tmp_path / recorder.RULES).write_text("main.pdf ../a\\ b : main.tex \\\n  x.sty\n")
    assert recorder.foreign(tmp_path, ()) == ("writes", str(tmp_path.parent / "a b"))


@pytest.mark.parametrize(
    ("pdf", "act"),
    [
        (b"1 0 obj <</S /URI /URI (https://a.org)>> endobj", None),
        (b"1 0 obj <</S /URI /URI (javascript:x)>> endobj", "a link to javascript:x"),
        (b"1 0 obj <</S /L#61unch>> endobj", "/Launch"),
        (b"<</Length 9>> stream\n/Launch x\nendstream", None),
        (b"<</Type /ObjStm>> stream\n/S /JavaScript\nendstream", "/JavaScript"),
    ],
)
def test_a_pdf_is_read_for_what_it_does(pdf: bytes, act: str | None) -> None:
    assert pdfscan.active(pdf) == act


def test_a_pdf_of_another_maker_is_read_too(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "plain.pdf")
    writer.add_attachment("a.txt", b"x")
    writer.write(tmp_path / "attached.pdf")
    assert pdfscan.active((tmp_path / "plain.pdf").read_bytes()) is None
    assert pdfscan.active((tmp_path / "attached.pdf").read_bytes()) is not None


@needs_pdflatex
def test_a_link_drawn_into_a_figure_does_not_reach_the_booklet(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(
        exam / MODULE,
        "    ax.legend()\n",
        '    ax.legend()\n    ax.set_title("$x$", url="javascript:app.alert(1)")\n',
    )
    ended = run(["pdf", "--lang", "fr"], capsys)
    assert ended.code == 0, ended.screen
    drawn = (exam / "build" / "tex" / "booklet.fr" / "q1-cube-fr.pdf").read_bytes()
    assert pdfscan.active(drawn) == "a link to javascript:app.alert\\(1\\"
    assert pdfscan.active((exam / "build" / "booklet.fr.pdf").read_bytes()) is None
