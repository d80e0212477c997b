"""The project's commands: `nox -l` lists them, `nox -s pdf -- q1` passes arguments on.

The first run of a session makes its environment and needs the network; later runs
reuse it and touch no network, until pyproject.toml changes.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import nox

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # solgen.engine runs before anything is installed

from solgen import engine  # noqa: E402
from solgen.errors import EnvironmentProblem  # noqa: E402

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests", "pdf"]

PYPROJECT = HERE / "pyproject.toml"
PATIENCE = 5.0  # seconds that Ctrl-C leaves solgen to stop LaTeX and clean up


@nox.session
def pdf(session: nox.Session) -> None:
    """Build the verified booklets into build/ (arguments: q1 ... --lang fr)."""
    _get_engine(session)
    _install(session)
    _run(session, "solgen", "pdf", *session.posargs)


@nox.session
def watch(session: nox.Session) -> None:
    """Build again on every save (arguments: q1 ... --lang fr); Ctrl-C ends."""
    _get_engine(session)
    _install(session)
    _run(session, "solgen", "watch", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test (arguments go to pytest: -k q1, -x ...)."""
    _get_engine(session)
    _install(session, "test")
    # tests/conftest.py says which tests stay together.
    _run(session, "pytest", "-n", "auto", *session.posargs)


@nox.session
def staleness(session: nox.Session) -> None:
    """Edit a small exam at random, compare with clean builds (--count 500 --seed 1)."""
    _get_engine(session)
    _install(session)
    _run(session, "python", "-m", "tests.suites.staleness", *session.posargs)


@nox.session
def kills(session: nox.Session) -> None:
    """Kill builds of a small exam at random (--kills 300 --interrupts 50 --full 30 --pairs 20)."""
    _get_engine(session)
    _install(session)
    _run(session, "python", "-m", "tests.suites.kills", *session.posargs)


@nox.session
def check(session: nox.Session) -> None:
    """Verify the questions' answers only, without LaTeX (arguments: q1 ...)."""
    _install(session)
    _run(session, "solgen", "check", *session.posargs)


@nox.session(name="try")
def try_(session: nox.Session) -> None:
    """Judge a proposed answer (arguments: q1.d "f - y", or --file)."""
    _install(session)
    _run(session, "solgen", "try", *session.posargs)


@nox.session
def review(session: nox.Session) -> None:
    """List the texts whose two languages nobody compared yet (arguments: q1 ... --accept)."""
    _install(session)
    _run(session, "solgen", "review", *session.posargs)


@nox.session
def verify(session: nox.Session) -> None:
    """Say whether a PDF is the one that its certificate speaks of (argument: build/booklet.pdf)."""
    _install(session)
    _run(session, "solgen", "verify", *(session.posargs or ["build/booklet.pdf"]))


@nox.session
def given(session: nox.Session) -> None:
    """List hypotheses and data that nobody accepted as given (argument: q1; --accept)."""
    _install(session)
    _run(session, "solgen", "given", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style (ruff) and types (mypy); `-- --fix` repairs what it can."""
    _install(session, "lint")
    fix = "--fix" in session.posargs
    session.run("ruff", "check", *(["--fix"] if fix else []), ".")
    session.run("ruff", "format", *([] if fix else ["--check"]), ".")
    session.run("mypy")


@nox.session
def mutants(session: nox.Session) -> None:
    """Test the checks with wrong variants of everything (arguments: q1 ...); takes minutes."""
    _install(session)
    _run(session, "solgen", "mutants", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure builds, edits, peers and growth (arguments: --only cold,edit --quick --write)."""
    _get_engine(session)
    _install(session, "test")
    _run(session, "python", "-m", "tests.bench", *session.posargs)


@nox.session
def new(session: nox.Session) -> None:
    """Write a starter question that builds at once (argument: its name, q8)."""
    _install(session)
    _run(session, "solgen", "new", *session.posargs)


def _get_engine(session: nox.Session) -> None:
    """Make sure LaTeX is there before anything is installed or computed."""
    try:
        engine.obtain(session.log)
    except EnvironmentProblem as problem:
        session.error(str(problem))


def _install(session: nox.Session, *groups: str) -> None:
    """Install solgen and dependency groups, unless this environment already has them.

    An installer asks the index even when it finds nothing to do, so a stamp with the
    hash of pyproject.toml says that the environment is as it should be.
    """
    key = hashlib.sha256(PYPROJECT.read_bytes() + str((HERE, groups)).encode()).hexdigest()
    stamp = Path(session.virtualenv.location) / "solgen-installed"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == key:
        return
    wanted = nox.project.dependency_groups(nox.project.load_toml(PYPROJECT), *groups)
    # Where Python may not write compiled files, as in many containers, SymPy would be compiled
    # by each process anew: seconds every time.
    session.install("-e", ".", *wanted, env={"UV_COMPILE_BYTECODE": "1"})
    session.run("python", "-m", "compileall", "-q", "solgen", silent=True)
    stamp.write_text(key, encoding="utf-8")


def _run(session: nox.Session, *command: str) -> None:
    session.run(*command, interrupt_timeout=PATIENCE, terminate_timeout=PATIENCE)
