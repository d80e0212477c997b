"""A sample of the kills suite, which `nox -s kills` runs whole; and that the suite sees a loss."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from solgen import engine
from tests.suites import kills
from tests.suites.kills import Ground
from tests.suites.staleness import warm

pdflatex = engine.find_pdflatex()
pytestmark = [
    pytest.mark.skipif(pdflatex is None or not pdflatex.usable, reason="needs pdflatex"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]


@pytest.fixture(scope="module")
def ground() -> Iterator[tuple[Ground, bool]]:
    """Where builds are killed, and whether its disk can be made too small."""
    warm()
    with kills.disk() as (folder, mounted):
        yield Ground(folder, seed=3), mounted


def test_a_killed_or_interrupted_build_loses_nothing(ground: tuple[Ground, bool]) -> None:
    exam, mounted = ground
    assert exam.trial(signal.SIGKILL) == ""
    assert exam.trial(signal.SIGINT) == ""
    assert not mounted or exam.full() == ""


def test_the_suite_notices_a_mixed_set(ground: tuple[Ground, bool]) -> None:
    exam, _ = ground
    before = exam.exam.published()
    after = {name: data + b"%" for name, data in before.items()}
    assert exam.mixed(before, after) == ""
    (exam.exam.root / "build/booklet.en.pdf").resolve().write_bytes(after["booklet.en.pdf"])
    assert "booklet.en.pdf new" in exam.mixed(before, after)
    assert "booklet.fr.pdf old" in exam.mixed(before, after)


def test_the_suite_finds_what_a_killed_process_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    kills.adopt_orphans()
    monkeypatch.setattr(kills, "GONE_AFTER", 0.5)
    child = "import subprocess, time; subprocess.Popen(['sleep', '77']); time.sleep(77)"
    process = subprocess.Popen([sys.executable, "-c", child])
    while len(kills.tree(process.pid)) < 2:
        assert process.poll() is None
    process.kill()
    process.wait()
    found = kills.left_over()
    subprocess.run(["pkill", "-x", "-f", "sleep 77"], check=True)
    assert "still runs: sleep 77" in found
