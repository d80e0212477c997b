"""`python -m solgen`."""

import os
import sys

# A random.py of the exam's folder would hide Python's own, from pathlib's imports too.
if sys.path[:1] == [os.getcwd()]:  # noqa: PTH109
    del sys.path[0]

from solgen.cli import run

if __name__ == "__main__":
    run()
