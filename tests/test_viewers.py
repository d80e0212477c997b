"""The SyncTeX file beside a published PDF leads any viewer to the author's files."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from test_synctex import EXAM, TEMPLATE, locate, typeset

from solgen.synctex import sections
from solgen.viewers import rewrite

__all__ = ["typeset"]
program = shutil.which("synctex")


def rewritten(folder: Path, text: str = EXAM) -> str:
    """The text of the rewritten file, for a PDF in the exam's `build` folder."""
    (folder / "build").mkdir(parents=True, exist_ok=True)
    source, to = folder / "main.synctex", folder / "build" / "booklet.synctex.gz"
    source.write_text(text, encoding="utf-8")
    rewrite(source, locate, to, folder)
    return gzip.decompress(to.read_bytes()).decode()


def test_the_files_are_the_author_s_seen_from_the_exam_and_from_the_pdf(tmp_path: Path) -> None:
    names = re.findall(r"(?m)^Input:(\d+):(.*)$", rewritten(tmp_path))
    assert names == [
        ("1", "solgen.toml"),
        ("1", "../solgen.toml"),
        ("2", TEMPLATE),
        ("2", f"../{TEMPLATE}"),
    ]


def test_the_file_may_be_written_elsewhere_than_beside_the_pdf(tmp_path: Path) -> None:
    rewritten(tmp_path)
    made = tmp_path / "build" / ".live" / "new"
    made.parent.mkdir()
    rewrite(tmp_path / "main.synctex", locate, made, tmp_path, tmp_path / "build")
    assert made.read_bytes() == (tmp_path / "build" / "booklet.synctex.gz").read_bytes()


def test_the_lines_are_the_author_s(tmp_path: Path) -> None:
    links = re.findall(r"(?m)^[xg](\d+,\d+):", rewritten(tmp_path))
    assert {"2,12", "2,13", "2,15", "2,51"} <= set(links)
    assert {link.split(",")[0] for link in links} == {"2"}


def test_what_no_author_wrote_keeps_its_box_and_loses_its_points(tmp_path: Path) -> None:
    text = rewritten(tmp_path)
    assert text.count("\n[") == EXAM.count("\n[")
    assert text.count("\n(") == EXAM.count("\n(")
    assert len(re.findall(r"(?m)^[xg]", text)) < len(re.findall(r"(?m)^[xg]", EXAM))


def test_no_path_of_the_machine_is_left(tmp_path: Path) -> None:
    text = rewritten(tmp_path)
    assert "/somewhere" not in text
    assert str(tmp_path) not in text


def test_the_same_booklet_has_the_same_bytes_wherever_it_is_built(tmp_path: Path) -> None:
    moved = EXAM.replace("/somewhere/build", "/an/other/deeper/place")
    rewritten(tmp_path / "a")
    rewritten(tmp_path / "b" / "c", moved)
    one, two = (tmp_path / x / "build" / "booklet.synctex.gz" for x in ("a", "b/c"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes()[3:8] == bytes(5)  # neither a name nor a time in its head


def test_every_anchor_says_how_far_the_one_before_is(tmp_path: Path) -> None:
    text = rewritten(tmp_path).encode()
    last = 0
    anchors = list(re.finditer(rb"(?m)^!(\d+)\n", text))
    for anchor in anchors:
        assert int(anchor[1]) == anchor.start() - last
        last = anchor.start()
    assert len(anchors) == EXAM.count("\n!")


def test_the_count_is_that_of_the_records(typeset: Path, tmp_path: Path) -> None:
    def counted(text: str) -> int:
        content = text.partition("Content:\n")[2].partition("Postamble:")[0]
        return sum(not found.startswith(("x", "Input")) for found in content.splitlines())

    original = gzip.decompress((typeset / "main.synctex.gz").read_bytes()).decode()
    assert f"\nCount:{counted(original)}\n" in original  # so the program itself counts
    text = rewritten(tmp_path, original)
    assert f"\nCount:{counted(text)}\n" in text


def test_a_shortened_height_survives_the_loss_of_the_record_before(tmp_path: Path) -> None:
    found = re.search(r"(?m)^x1,7:(\d+),(\d+)\n", EXAM)
    assert found
    short = EXAM.replace(found[0], f"{found[0]}x3,2:77,=\n", 1)
    assert f"\nx2,12:77,{found[2]}\n" in rewritten(tmp_path, short)


def test_the_sections_are_those_of_a_synctex_file(tmp_path: Path) -> None:
    rewritten(tmp_path)
    path = tmp_path / "build" / "booklet.synctex.gz"
    with gzip.open(path) as stream:
        kinds = [section[:2] for section in sections(stream, path.name)]  # type: ignore[arg-type]
    assert kinds == [b"Sy", b"{1", b"}1", b"{2", b"}2", b"{3", b"}3", b"Po", b"Po"]


@pytest.fixture
def published(typeset: Path, tmp_path: Path) -> Path:
    """An exam's folder with build/booklet.pdf and its SyncTeX file."""
    if program is None:
        pytest.skip("needs the program synctex")
    (tmp_path / "build").mkdir()
    (tmp_path / TEMPLATE).parent.mkdir(parents=True)
    (tmp_path / TEMPLATE).write_text("x\n" * 99, encoding="utf-8")
    shutil.copy(typeset / "main.pdf", tmp_path / "build" / "booklet.pdf")
    to = tmp_path / "build" / "booklet.synctex.gz"
    rewrite(typeset / "main.synctex.gz", locate, to, tmp_path)
    return tmp_path


def asked(folder: Path, *arguments: str) -> dict[str, str]:
    """What the program `synctex` answers first."""
    command = [str(program), *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    answers = re.findall(r"(?m)^(\w+):(.*)$", done.stdout)
    return dict(reversed(answers))


@pytest.mark.parametrize("name", [TEMPLATE, f"../{TEMPLATE}", "full"])
def test_the_program_synctex_goes_from_the_template_to_the_page_and_back(
    published: Path, name: str
) -> None:
    file = str(published / TEMPLATE) if name == "full" else name
    pdf = str(published / "build" / "booklet.pdf")
    there = asked(published / "build", "view", "-i", f"56:0:{file}", "-o", pdf)
    assert there["Page"] == "2"
    back = asked(published, "edit", "-o", f"2:{there['x']}:{there['y']}:build/booklet.pdf")
    assert back["Input"] == f"../{TEMPLATE}"
    assert back["Line"] == "56"
