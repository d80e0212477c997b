"""The stages after the chapters: every edition assembled and compiled, and what goes with them."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from solgen import certificate, workers
from solgen.booklet import assemble
from solgen.cache import Kept, loads
from solgen.certificate import Typeset
from solgen.chapter import Chapter
from solgen.compile import compile_folder
from solgen.edition import Edition
from solgen.errors import LatexError, Refused, VerificationError
from solgen.exam import FAILED, Order
from solgen.facts import Verified
from solgen.galley import lay
from solgen.keys import digest, listed
from solgen.ledger import Ledger
from solgen.locales import Locale, code_of
from solgen.matter import Imprint
from solgen.preload import inputs
from solgen.readback import framed, too_many_attested
from solgen.reads import Reads
from solgen.sandbox import Limits
from solgen.tally import contents, tally

Tell = Callable[[str], None]
SILENT_SECONDS = 2 * Limits.seconds * Limits.passes  # an engine has its own limits
SYNCTEX = "main.synctex.gz"  # from places on pages to lines of generated files
KEPT = ("*.tex", "q*.pdf")  # what a curious author may look at
PLACES = "main.places"  # from there to the author's lines, pickled


@dataclass(frozen=True)
class Pressed:
    """What is to be published: finished files and folders, by the name they get.

    `latex` are the files in the folders, and `inputs` those of the TeX installation that went in,
    with their contents. `work` is where each PDF was made, with SYNCTEX and PLACES.
    """

    files: Mapping[str, Path]
    folders: Mapping[str, Path]
    latex: Mapping[str, str]
    pages: dict[str, int]
    verified: tuple[Verified, ...]
    seals: tuple[int, int]
    inputs: dict[str, str]
    work: Mapping[str, Path]


@dataclass(frozen=True)
class _Sheet:
    """One compiled edition: what was made, its pages, and the contents of what it was made from.

    `made` is the folder of the PDF, `latex` that of its own files, which are `written` by name;
    `inputs` are those of the TeX installation.
    """

    made: Path
    pages: int
    latex: Path
    written: Mapping[str, str]
    inputs: Mapping[str, str]

    @property
    def pdf(self) -> Path:
        return self.made / "main.pdf"


def press(order: Order, chapters: Sequence[Chapter], folder: Path, tell: Tell) -> Pressed:
    """Typeset every edition in `folder`. Raises SolgenError at the author's line."""
    exam = order.exam
    codes = [c.code for c in exam.locales if not order.languages or c.code in order.languages]
    rows = tally(chapters, codes)
    entries = tuple(entry for chapter in chapters for entry in chapter.entries)
    if failures := too_many_attested(Ledger(entries)):
        raise Refused(failures)
    software = certificate.software(order.engine.version)
    imprint = Imprint(software, order.sources[: certificate.SHOWN], rows)
    editions = list(reversed(exam.editions))  # the bilingual one takes longest
    jobs = [partial(_edition, order, chapters, imprint, folder, one) for one in editions]
    made: list[_Sheet] = workers.each(jobs, tell, silent=SILENT_SECONDS)
    in_order = reversed(list(zip(editions, made, strict=True)))
    sheets = {order.file(locales): sheet for locales, sheet in in_order}
    _require_same_sources(order)
    answers, paper = folder / "answers.json", folder / certificate.NAME
    answers.write_text(_answers(order, chapters), encoding="utf-8")
    typeset = {f"{s}.pdf": Typeset(one.pdf, one.pages, one.written) for s, one in sheets.items()}
    told = contents(rows, entries, codes)
    text = certificate.certificate_json(order.made_from, software, typeset, told)
    paper.write_text(text, encoding="utf-8")
    restricted = tuple(codes) if order.languages else ()
    return Pressed(
        {
            **{name: one.pdf for name, one in typeset.items()},
            "answers.json" if order.stem == "booklet" else f"{order.stem}.answers.json": answers,
            certificate.file_name(order.stem, restricted): paper,
        },
        {f"tex/{stem}": one.latex for stem, one in sheets.items()},
        {f"tex/{s}/{n}": found for s, one in sheets.items() for n, found in one.written.items()},
        {name: one.pages for name, one in typeset.items()},
        tuple(one for chapter in chapters for one in chapter.facts.verified),
        (
            sum(one.seals.total - len(one.seals.left) for one in chapters),
            sum(one.seals.total for one in chapters),
        ),
        {name: found for sheet in made for name, found in sheet.inputs.items()},
        {f"{stem}.pdf": one.made for stem, one in sheets.items()},
    )


def _answers(order: Order, chapters: Sequence[Chapter]) -> str:
    """Every answer as data, in the booklet's order."""
    exam = order.exam
    data = {
        "exam": {key: dict(versions) for key, versions in exam.project.texts.items()},
        "languages": [c.code for c in exam.locales],
        "questions": [chapter.facts.data for chapter in chapters],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _require_same_sources(order: Order) -> None:
    """Raise VerificationError where some pages may be older than others."""
    now = certificate.sources(order.exam.project)
    if changed := certificate.changes(order.made_from, now):
        raise VerificationError(
            "the sources changed while the booklet was being built",
            hint="build it again",
            found=", ".join(changed),
        )


# --- one edition --------------------------------------------------------------------------------


def _edition(
    order: Order,
    chapters: Sequence[Chapter],
    imprint: Imprint,
    folder: Path,
    locales: tuple[Locale, ...],
    tell: Tell,
) -> _Sheet:
    """Assemble and compile one edition in a folder of its own."""
    exam, work, code = order.exam, folder / code_of(locales), code_of(locales)
    tell(f"assemble {code}")
    edition, document = assemble(exam.project, chapters, locales, imprint)
    if failures := list(framed(edition)):
        raise Refused(failures)
    files = edition.files(document)
    for chapter in chapters:
        files |= chapter.figures[code]
    same = digest("state", exam.project.languages, order.names, code)  # from build to build
    lay(files, work, exam.cache.folder / "galley" / same)
    written = {name: sha256(files[name]).hexdigest() for name in sorted(files)}
    if order.search:
        (work / PLACES).write_bytes(pickle.dumps(edition.places(), protocol=5))
    told = digest("pdf", exam.base, order.engine.identity, *listed(written))
    key = digest(told, order.search)
    kept = exam.cache.recall("pdf", key) or exam.cache.recall("pdf", digest(told, True))  # noqa: FBT003
    if kept is None:
        tell(f"compile {code}")
        kept = _compiled(order, edition, work, same, key)
    pages, pdf, synctex = kept.value()
    made = _apart(work, written)
    (made / "main.pdf").write_bytes(pdf)
    (made / SYNCTEX).write_bytes(synctex)
    return _Sheet(made, pages, work, written, kept.files)


def _compiled(order: Order, edition: Edition, work: Path, same: str, key: str) -> Kept:
    """Pages, PDF and SyncTeX of an edition; `same` is under what its page numbers are kept."""
    exam = order.exam
    last = exam.cache.read("state", same)
    for name, data in loads(last).items() if last else ():
        (work / name).write_bytes(data)  # page numbers of the last build: one pass may do
    try:
        done = compile_folder(
            work, order.engine, locate=edition.locate, cache=exam.cache, synctex=order.search
        )
    except LatexError:
        _keep(work, exam.project.build / FAILED)
        raise
    left = {path.name: path.read_bytes() for path in done.state}
    exam.cache.write("state", same, pickle.dumps(left, protocol=5))
    reads = Reads(exam.project.root)
    reads.update(done.preloaded)
    for file in inputs(work / "main.fls"):
        reads.add(file)
    synctex = work / SYNCTEX
    made = done.pdf.read_bytes(), synctex.read_bytes() if synctex.is_file() else b""
    return exam.cache.keep("pdf", key, reads, (done.pages, *made))


def _apart(work: Path, written: Collection[str]) -> Path:
    """A folder beside an edition's, with what was made there; its LaTeX and figures stay."""
    place = work.with_name(f"{work.name}.made")
    place.mkdir()
    for path in work.iterdir():
        if path.name not in written:
            path.rename(place / path.name)
    return place


def _keep(work: Path, place: Path) -> None:
    """Leave the LaTeX of a failure where a curious author finds it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for pattern in (*KEPT, "*.log"):
        for file in work.glob(pattern):
            shutil.copy2(file, place / file.name)
