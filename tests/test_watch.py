"""`solgen watch` builds on every save, shows it, survives a mistake, and ends by Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from solgen import engine
from solgen.project import Project
from tests.support import ROOT, starter

pdflatex = engine.find_pdflatex()
pytestmark = [
    pytest.mark.skipif(pdflatex is None or not pdflatex.usable, reason="needs pdflatex"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there"),
]
WAITING = "waiting for the next save"


def wait_for(log: Path, count: int) -> str:
    """The log once it says `count` times that it waits."""
    end = time.monotonic() + 60
    while log.read_text(encoding="utf-8").count(WAITING) < count:
        assert time.monotonic() < end, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    return log.read_text(encoding="utf-8")


@contextmanager
def watching(exam: Project, log: Path, *arguments: str) -> Iterator[None]:
    """`solgen watch`, which Ctrl-C ends with its own exit code, leaving nothing running."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "solgen", "watch", *arguments],
            cwd=exam.root, stdout=output, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130


def page_state(log: Path) -> dict[str, Any]:
    """What the live page would show now: the first event that it is sent."""
    address = re.search(r"http://\S+", log.read_text(encoding="utf-8"))
    assert address
    with urllib.request.urlopen(f"{address[0]}events", timeout=20) as stream:
        for line in stream:
            if line.startswith(b"data:"):
                state: dict[str, Any] = json.loads(line[5:])
                return state
    raise AssertionError("the page was told nothing")


def test_a_save_builds_and_a_mistake_leaves_the_last_good_pdf(tmp_path: Path) -> None:
    exam = starter(tmp_path)
    module = exam.questions / "q1.py"
    good = module.read_text(encoding="utf-8")
    pdf = exam.build / "q1.fr.pdf"
    log = tmp_path / "log"
    with watching(exam, log, "q1", "--lang", "fr", "--no-page"):
        wait_for(log, 1)
        first = pdf.read_bytes()
        time.sleep(0.5)  # until the watch is on
        module.write_text(good + "\n1 / 0\n", encoding="utf-8")
        assert "ZeroDivisionError" in wait_for(log, 2)
        assert pdf.read_bytes() == first
        changed = good.replace("Une question de départ", "Une autre question")
        module.write_text(changed, encoding="utf-8")
        text = wait_for(log, 3)
        assert "saved: questions/q1.py" in text
        assert pdf.read_bytes() != first


def test_the_page_shows_the_edited_part_then_the_booklet_and_errors_in_place(
    tmp_path: Path,
) -> None:
    exam = starter(tmp_path)
    template = exam.templates / "questions" / "q1.tex.j2"
    good = template.read_text(encoding="utf-8")
    log = tmp_path / "log"
    with watching(exam, log, "--port", "0"):
        wait_for(log, 1)
        time.sleep(0.5)  # until the watch is on
        template.write_text(good.replace("On dérive", "Alors on dérive"), encoding="utf-8")
        told = wait_for(log, 2).splitlines()
        shown = next(i for i, line in enumerate(told) if line.startswith("  part q1."))
        published = [i for i, line in enumerate(told) if "booklet published" in line]
        assert published[0] < shown < published[1]
        assert not page_state(log)["error"]
        template.write_text(good.replace("@end", "@enf", 1), encoding="utf-8")
        wait_for(log, 3)
        state = page_state(log)
        assert "templates/questions/q1.tex.j2" in json.dumps(state["error"])
        assert state["editions"]  # the last good pages stay
        template.write_text(good, encoding="utf-8")
        wait_for(log, 4)
        assert not page_state(log)["error"]
