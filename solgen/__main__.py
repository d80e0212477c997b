"""`python -m solgen`."""

from solgen.cli import run

if __name__ == "__main__":
    run()
