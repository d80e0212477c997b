"""The benchmarks: `python -m tests.bench`, or `nox -s bench`; docs/performance.md explains them."""
