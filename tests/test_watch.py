"""`solgen watch` builds on every save, survives a mistake, and ends by Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from solgen import engine
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


def test_a_save_builds_and_a_mistake_leaves_the_last_good_pdf(tmp_path: Path) -> None:
    exam = starter(tmp_path)
    module = exam.questions / "q1.py"
    good = module.read_text(encoding="utf-8")
    pdf = exam.build / "q1.fr.pdf"
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "solgen", "watch", "q1", "--lang", "fr"],
            cwd=exam.root, stdout=output, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
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
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
