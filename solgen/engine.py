"""Find the LaTeX engine, say what it lacks, and how to get one.

pdfLaTeX is the reference.  Where it is missing, Tectonic (one static program,
XeTeX inside) makes the same booklet; :func:`obtain` fetches either.  Tectonic
takes its LaTeX files from the folder or zip named by the variable
``SOLGEN_TECTONIC_BUNDLE``, else from its own site, once: they are then kept in
:func:`cache_folder`.

Only the standard library, because the noxfile imports it before anything is
installed.  Nothing here touches the network except :func:`obtain`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from solgen.errors import EnvironmentProblem
from solgen.landlock import Wall
from solgen.recorder import RULES

BUNDLE_VARIABLE = "SOLGEN_TECTONIC_BUNDLE"
DEBIAN_PACKAGES = ("texlive-latex-recommended", "texlive-lang-french", "lmodern")

_SHARED = (
    *("memoir.cls", "babel.sty", "french.ldf", "english.ldf", "loadhyph-fr.tex"),
    *("amsmath.sty", "amssymb.sty", "microtype.sty", "lmodern.sty", "graphicx.sty"),
    *("xcolor.sty", "booktabs.sty", "hyperref.sty", "iftex.sty"),
)
NEEDED = {
    "pdflatex": (*_SHARED, "lmr10.pfb"),
    "tectonic": (*_SHARED, "fontspec.sty", "lmroman10-regular.otf"),
}
"""The files a booklet reads first; all there means that the rest is."""

_PACKAGE_OF = {
    "french.ldf": "texlive-lang-french",
    "loadhyph-fr.tex": "texlive-lang-french",
    "lmodern.sty": "lmodern",
    "lmr10.pfb": "lmodern",
    "lmroman10-regular.otf": "lmodern",
}

HOW_TO_INSTALL = f"""install LaTeX by the command of your system, then run this again:
  Debian, Ubuntu  sudo apt-get install --no-install-recommends {" ".join(DEBIAN_PACKAGES)}
  Fedora          sudo dnf install texlive-collection-latexrecommended \
texlive-collection-langfrench texlive-lm
  Arch            sudo pacman -S texlive-latexrecommended texlive-langfrench \
texlive-fontsrecommended
  macOS           brew install --cask mactex-no-gui
  Windows         winget install MiKTeX.MiKTeX
With a network and without any rights, `solgen` can also fetch Tectonic by itself."""


@dataclass(frozen=True)
class Engine:
    """An engine found on this machine; ``missing`` names what it lacks to work."""

    kind: Literal["pdflatex", "tectonic"]
    program: Path
    version: str
    missing: tuple[str, ...] = ()
    bundle: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """It can compile a booklet now, without the network."""
        return not self.missing

    @property
    def identity(self) -> str:
        """What tells it from another engine: its version, and the content of its bundle."""
        if self.bundle is None or not self.bundle.is_file():
            return self.version
        return f"{self.version} {hashlib.sha256(self.bundle.read_bytes()).hexdigest()}"

    def command(
        self,
        document: str,
        *,
        cached: bool = True,
        preloaded: str | None = None,
        synctex: bool = False,
    ) -> list[str]:
        """The command of one pass over ``document`` in the current folder.

        cached: forbid Tectonic to look on its site for files it does not have.  preloaded: the
        name of a format of pdfLaTeX in the folder.  synctex: write that file too; the PDF is
        the same, and a pass takes about a tenth longer.
        """
        if self.kind == "pdflatex":
            options = "-no-shell-escape -interaction=nonstopmode -halt-on-error "
            options += "-file-line-error -recorder -no-parse-first-line"
            options += " -synctex=1" if synctex else ""
            with_format = [f"-fmt={preloaded}"] if preloaded else []
            return [str(self.program), *with_format, *options.split(), document]
        options = "--untrusted --print --keep-logs --keep-intermediates --reruns 0"
        options += f" --makefile-rules {RULES} -Z"
        where = ["--bundle", str(self.bundle)] if self.bundle else []
        where += ["--only-cached"] if cached and not self.bundle else []
        return [str(self.program), *options.split(), "deterministic-mode", *where, document]

    def wall(self, folder: Path, *, cached: bool = True) -> Wall | None:
        """The wall around a pass in `folder`: Tectonic has none of its own, pdfLaTeX has.

        Where the system has none to give, what was written elsewhere is found after the pass.
        """
        if self.kind == "pdflatex":
            return None
        kept = Path(self.environment["TECTONIC_CACHE_DIR"])
        with suppress(OSError):  # Tectonic itself says where it cannot write
            kept.mkdir(parents=True, exist_ok=True)
        return Wall(tuple(p for p in (folder, kept) if p.is_dir()), network=not cached)

    def lacks(self) -> str:
        """What is missing, with the Debian package that has it; '' if nothing."""
        default = DEBIAN_PACKAGES[0]
        named = [
            f"{name} ({_PACKAGE_OF.get(name, default)})" if "." in name else name
            for name in self.missing
        ]
        return ", ".join(named)


def cache_folder() -> Path:
    """Where solgen keeps the engine it fetched: one folder of the user's cache."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = str(Path.home() / ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or base) / "solgen"


def survey() -> list[Engine]:
    """Every engine on this machine, the preferred first, usable or not."""
    found = [find_pdflatex(), find_tectonic()]
    return [engine for engine in found if engine is not None]


def find() -> Engine | None:
    """The engine to use, or None if none is usable."""
    return next((engine for engine in survey() if engine.usable), None)


def require() -> Engine:
    """The engine to use; raises :class:`EnvironmentProblem` saying what to install."""
    engine = find()
    if engine is None:
        raise problem()
    return engine


def obtain(say: Callable[[str], None]) -> Engine:
    """The engine to use, fetched if there is none; each step is told to ``say``.

    System packages where that needs no question (root, or sudo without a
    password), else Tectonic in :func:`cache_folder`.  Raises
    :class:`EnvironmentProblem` with :data:`HOW_TO_INSTALL` if neither works.
    """
    engine = find()
    if engine is not None:
        return engine
    from solgen import install  # only here: most runs never need it

    return install.obtain(say)


def problem(tried: str | None = None) -> EnvironmentProblem:
    """The error for a machine without usable engine; tried: what was attempted."""
    found = [f"{e.program} lacks {e.lacks()}" for e in survey()]
    found += [tried] if tried else []
    return EnvironmentProblem(
        "no usable LaTeX engine on this machine; nothing was computed",
        found="\n".join(found) or "neither pdflatex nor tectonic",
        expected="pdflatex with memoir, babel-french, microtype, lmodern; or Tectonic",
        hint=HOW_TO_INSTALL,
    )


def find_pdflatex() -> Engine | None:
    """The pdflatex of the PATH, with the files it lacks; None if there is none."""
    program = shutil.which("pdflatex")
    if program is None:
        return None
    banner = first_line(program, "--version")
    if "pdfTeX" not in banner:  # a Python package of that name installs such a script
        return Engine("pdflatex", Path(program), banner, ("the real pdfTeX",))
    kpsewhich = shutil.which("kpsewhich") or str(Path(program).with_name("kpsewhich"))
    needed = NEEDED["pdflatex"]
    try:
        paths = _output(kpsewhich, *needed)
    except OSError:
        return Engine("pdflatex", Path(program), banner, ("the program kpsewhich",))
    there = {Path(line).name for line in paths.splitlines()}
    return Engine("pdflatex", Path(program), banner, tuple(n for n in needed if n not in there))


def find_tectonic() -> Engine | None:
    """The Tectonic that solgen fetched, else that of the PATH; None if there is none."""
    name = "tectonic.exe" if sys.platform == "win32" else "tectonic"
    fetched = cache_folder() / "bin" / name
    program = str(fetched) if _is_there(fetched) else shutil.which("tectonic")
    if program is None:
        return None
    banner = first_line(program, "--version")
    setting = os.environ.get(BUNDLE_VARIABLE)
    bundle = Path(setting).absolute() if setting else None
    missing = missing_in_bundle(bundle) if bundle else ()
    kept = str(cache_folder() / "tectonic")
    # The second is for the list of fonts, and for a Tectonic that does not know the first.
    environment = {"TECTONIC_CACHE_DIR": kept, "XDG_CACHE_HOME": kept}
    if not banner:
        missing = ("the ability to start on this system",)
    engine = Engine("tectonic", Path(program), banner, missing, bundle, environment)
    if not missing and bundle is None and not ready_stamp(engine).exists():
        missing = ("its LaTeX files, which it fetches once from its site",)
        engine = Engine("tectonic", Path(program), banner, missing, bundle, environment)
    return engine


def _is_there(path: Path) -> bool:
    """Whether a file can be used; a home that belongs to somebody else holds nothing for us."""
    return os.access(path, os.X_OK)


def missing_in_bundle(bundle: Path) -> tuple[str, ...]:
    """What a local bundle, a folder or a zip, lacks; names it if it does not exist."""
    needed = (*NEEDED["tectonic"], "SHA256SUM", "tectonic-format-latex.tex")
    if bundle.is_dir():
        return tuple(name for name in needed if not (bundle / name).exists())
    if not zipfile.is_zipfile(bundle):
        return (f"the folder or zip {bundle} named by {BUNDLE_VARIABLE}",)
    with zipfile.ZipFile(bundle) as archive:
        there = set(archive.namelist())
    return tuple(name for name in needed if name not in there)


def ready_stamp(engine: Engine) -> Path:
    """The file that says: this Tectonic has compiled the probe from its own cache."""
    key = hashlib.sha256(f"{engine.program} {engine.version}".encode()).hexdigest()[:16]
    return cache_folder() / f"ready-{key}"


def first_line(program: str, *options: str) -> str:
    """First line that a program answers; '' if it does not start."""
    try:
        return (_output(program, *options).splitlines() or [""])[0].strip()
    except OSError:
        return ""


def _output(*command: str) -> str:
    # In a session of its own: a Ctrl-C that ends it, and not solgen, would pass for its answer.
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=False,
        start_new_session=True,
    )
    return done.stdout.decode("utf-8", errors="replace")
