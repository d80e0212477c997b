r"""Make a local Tectonic bundle from an installed TeX tree.

    python tests/bundle.py FOLDER
    SOLGEN_TECTONIC_BUNDLE=FOLDER solgen pdf

A bundle is a flat folder (here of symbolic links) with ``SHA256SUM``, the key of
its format cache, and ``tectonic-format-latex.tex``, a copy of xelatex.ini.  Two
files that XeTeX wants are not in a pdfLaTeX tree, and are made here: the mapping
of quotes and dashes, and the metric of a font of which hyperref uses one space.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

KINDS = ("tex", "fonts", "dvipdfmx", "web2c")

# fonts/misc/xetex/fontmapping/base/tex-text.tec of TeX Live (J. Kew, SIL), 398 bytes.
TEX_TEXT = """
elFtcAAACpB42u2WvWoCQRSFz/65appILAwYUQjYuGCRUjQQA0mRn0LBIoWB2KVIwMIipWUeIY21
j2Dhk8nm3JmrbiDBwibgXvh27pk7Mxa7c4/vd89vcOEAuDFPAZzBRjVJy9ThTzhme6NBNB5NxqyG
/fvbq4fuNfpRuw9PtvpN2ODoNa0WvAGZeubMeIX4sAP7h4/cJnc3WUbf4F8RyhtEsPeve0hjj1iR
2DW4xI8dZEhIsiRH8kD1TJcXyTm5IJfkkTyRV/JBPsmX3K0CEK3h/qKbmKM+UV0X5HxHNfNTrQ0F
6rLWJC9prWY1Zqo7qpeqGwLXV1S3CrZ3zFW3BerFtl9kStt+ETStFgKeG0wd86XFK2fXfUr7BUy/
XneCQG9o5kefSCONQ43wl7n8jj1HOmb/hV84BvH3emxv+pCjR8Q/gqSH6LbjhG90SY+8kDGR3uoW
6Akw3oBIei11ca11TtaID9UF1WXYvj+0GjPmtYReMu9sdbUC4wtoaH2u/ylbqhewvtD+BqzmOwE=
"""


def make(folder: Path) -> int:
    """Fill ``folder`` from the TeX tree that kpsewhich knows; the number of files."""
    files = tree_files()
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in files.items():
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(path)
    shutil.copyfile(files["xelatex.ini"], folder / "tectonic-format-latex.tex")
    if "pzdr.tfm" not in files:
        shutil.copyfile(files["cmr10.tfm"], folder / "pzdr.tfm")
    if "tex-text.tec" not in files:
        (folder / "tex-text.tec").write_bytes(_tec())
    key = hashlib.sha256("\n".join(sorted(map(str, files.values()))).encode()).hexdigest()
    (folder / "SHA256SUM").write_text(key, encoding="ascii")
    return len(files)


def tree_files() -> dict[str, Path]:
    """Every file of the TeX tree by its name; the local trees win over the main one."""
    files: dict[str, Path] = {}
    for root in roots():
        for kind in KINDS:
            for place, folders, names in os.walk(root / kind, followlinks=True):
                folders[:] = [f for f in folders if f not in ("source", "latex-dev")]
                for name in names:
                    files.setdefault(name, Path(place, name))
    return files


def roots() -> list[Path]:
    """The trees of this TeX installation, the local ones first."""
    variables = ("TEXMFSYSVAR", "TEXMFSYSCONFIG", "TEXMFDEBIAN", "TEXMFLOCAL", "TEXMFDIST")
    found = []
    for variable in variables:
        command = ["kpsewhich", f"-var-value={variable}"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        found += [Path(p) for p in done.stdout.strip().split(os.pathsep) if p]
    return [path for path in dict.fromkeys(found) if path.is_dir()]


def _tec() -> bytes:
    data = base64.b64decode(TEX_TEXT)
    zlib.decompress(data[8:])  # fails loudly if the constant was damaged
    return data


if __name__ == "__main__":
    sys.stdout.write(f"{make(Path(sys.argv[1]))} files\n")
