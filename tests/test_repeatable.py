"""What would give something else on another day is refused at its line; the rest passes."""

from __future__ import annotations

import ast

import pytest
from support import ROOT

from solgen.errors import QuestionError, Where
from solgen.repeatable import refuse

HERE = Where("questions/q1.py", None, "1")

# The imports, the statement, words of the message.
REFUSED = [
    ("import time", "t = time.time()", "time.time reads the clock"),
    ("from time import perf_counter as now", "t = now()", "now reads the clock"),
    ("import datetime", "d = datetime.datetime.now()", "reads the clock"),
    ("from datetime import date", "d = date.today()", "date.today reads the clock"),
    ("import os", 'n = os.environ["N"]', "os.environ reads the machine"),
    ("import os", 'n = os.getenv("N")', "reads the machine"),
    ("import platform", "n = platform.node()", "reads the machine"),
    ("from pathlib import Path\nimport glob", "n = glob.glob('*')", "reads the machine"),
    ("import sys", "n = sys.argv", "reads the machine"),
    ("import random", "x = random.random()", "draws from a generator that everything shares"),
    ("import random", "random.seed(3)", "draws from a generator that everything shares"),
    ("import random", "r = random.Random()", "draws random numbers without a seed"),
    ("import random", "r = random.SystemRandom()", "draws random numbers without a seed"),
    ("import numpy as np", "x = np.random.rand(3)", "np.random.rand draws from a generator"),
    ("import numpy as np", "np.random.seed(3)", "draws from a generator that everything shares"),
    ("from numpy import random as nr", "x = nr.normal()", "draws from a generator"),
    ("import numpy as np", "r = np.random.default_rng()", "draws random numbers without a seed"),
    ("import numpy as np", "r = np.random.default_rng(None)", "without a seed"),
    ("from numpy.random import default_rng", "r = default_rng(seed=None)", "without a seed"),
    ("from numpy.random import RandomState", "r = RandomState()", "without a seed"),
    ("import uuid", "n = uuid.uuid4()", "draws random numbers without a seed"),
    ("import secrets", "n = secrets.token_hex()", "draws random numbers without a seed"),
    ("import os", "n = os.urandom(3)", "draws random numbers without a seed"),
    ("", "n = id(n)", "id is another number in every run"),
    ("", 'n = hash("x") % 7', "hash is another number in every run"),
    ("", 'n = input("?")', "input asks whoever runs the build"),
    ("", 'n = 1 if (HERE / "a.csv").exists() else 2', "looks at a file without reading it"),
    ("", "n = path.is_file()", "looks at a file without reading it"),
    ("", "n = path.stat(follow_symlinks=False).st_size", "looks at a file without reading it"),
    ("import os", 'n = os.path.getmtime("a.csv")', "looks at a file without reading it"),
    ("from os.path import exists", 'n = exists("a.csv")', "exists looks at a file"),
    ("", 'for x in {"a", "b"}: print(x)', "this goes through a set"),
    ("", "for x in set(words): print(x)", "this goes through a set"),
    ("", "xs = [x + 1 for x in expr.free_symbols]", "this goes through a set"),
    ("", "xs = list(expr.atoms(Symbol))", "this goes through a set"),
    ("", "x = next(iter(expr.free_symbols))", "this goes through a set"),
    ("", 'x = ", ".join({a for a in words})', "this goes through a set"),
    ("", "xs = list(a.free_symbols | b.free_symbols)", "this goes through a set"),
]
ALLOWED = [
    ("", 'n = path.read_text(encoding="utf-8")'),
    ("", "n = table.exists(x)"),
    ("import random", "r = random.Random(3)"),
    ("import numpy as np", "r = np.random.default_rng(3)"),
    ("import numpy as np", "r = np.random.default_rng(seed)"),
    ("import numpy as np", "rs = map(np.random.default_rng, range(5))"),
    ("import numpy as np", "g: np.random.Generator = r"),
    ("from datetime import date", "d = date(2025, 12, 1)"),
    ("import os", "p = os.path.join('a', 'b')"),
    ("", "n = len(expr.free_symbols)"),
    ("", "xs = sorted(expr.free_symbols, key=str)"),
    ("", "ok = all(x.is_real for x in expr.free_symbols)"),
    ("", "for x in {1, 2, 3}: print(x)"),
    ("", "s = {x for x in expr.free_symbols}"),
    ("", "def f(id, hash): return id + hash"),
    ("", "def hash(x): return 3\nn = hash(2)"),
    ("", "time = 3\nn = time + 1"),
]


@pytest.mark.parametrize(("imports", "statement", "words"), REFUSED)
def test_what_does_not_repeat_itself_is_refused(imports: str, statement: str, words: str) -> None:
    with pytest.raises(QuestionError) as caught:
        refuse(ast.parse(f"{imports}\n\n{statement}\n"), HERE)
    error = caught.value
    assert words in error.message
    assert error.where == Where(HERE.file, imports.count("\n") + 3, "1")
    assert error.hint
    assert error.found


@pytest.mark.parametrize(("imports", "statement"), ALLOWED)
def test_what_repeats_itself_passes(imports: str, statement: str) -> None:
    refuse(ast.parse(f"{imports}\n\n{statement}\n"), HERE)


@pytest.mark.parametrize(
    "path",
    [*sorted((ROOT / "questions").glob("*.py")), ROOT / "solgen" / "starter" / "question.py"],
    ids=lambda path: path.stem,
)
def test_the_exam_and_the_starter_repeat_themselves(path) -> None:
    refuse(ast.parse(path.read_text(encoding="utf-8")), HERE)
