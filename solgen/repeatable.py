"""What is refused in a question module because it would give something else on another day.

Answers, figures and pages are the same wherever and whenever they are made: no clock, no
environment, no random numbers without a seed, no order that changes from run to run, and no file
that is looked at but not read, of which nobody would know that the answer rests on it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from solgen.errors import QuestionError, Where

_CLOCK = "reads the clock", "write the date or the number itself"
_MACHINE = "reads the machine it runs on", "write the value in the module"
_CHANCE = (
    "draws random numbers without a seed",
    "give one: np.random.default_rng(3), random.Random(3)",
)
_SHARED = (
    "draws from a generator that everything shares",
    "draw from a generator of your own: rng = np.random.default_rng(3), or random.Random(3)",
)
_ADDRESS = "is another number in every run", "use the value itself, or its name"
_ORDER = (
    "goes through a set, whose order changes from run to run",
    "write sorted(…) around it; for symbols, sorted(…, key=str)",
)
# No audit event tells of it, so that nothing would notice when the file comes or goes.
_LOOKS = (
    "looks at a file without reading it",
    "read it; where it may be missing, catch FileNotFoundError",
)
_ASKS = "asks whoever runs the build", "write the value in the module"

# Every name below a module listed here, but those excepted.
_MODULES = {
    "secrets": _CHANCE,
    "platform": _MACHINE,
    "socket": _MACHINE,
    "getpass": _MACHINE,
    "tempfile": _MACHINE,
}
_NAMES = {
    **dict.fromkeys(
        (
            *("time.time", "time.time_ns", "time.ctime", "time.localtime", "time.gmtime"),
            *("time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns"),
            *("time.process_time", "time.process_time_ns", "time.asctime", "time.strftime"),
            *("datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow"),
            *("datetime.date.today", "timeit.timeit", "timeit.default_timer"),
        ),
        _CLOCK,
    ),
    **dict.fromkeys(
        (
            *("os.environ", "os.environb", "os.getenv", "os.getpid", "os.getppid", "os.getcwd"),
            *("os.getlogin", "os.uname", "os.cpu_count", "os.listdir", "os.scandir", "os.walk"),
            *("glob.glob", "glob.iglob", "sys.argv", "sys.platform", "sys.version"),
        ),
        _MACHINE,
    ),
    **dict.fromkeys(
        (
            *("os.stat", "os.lstat", "os.access", "os.path.exists", "os.path.lexists"),
            *("os.path.isfile", "os.path.isdir", "os.path.islink", "os.path.getsize"),
            *("os.path.getmtime", "os.path.getctime", "os.path.getatime"),
            "importlib.util.find_spec",
        ),
        _LOOKS,
    ),
    **dict.fromkeys(("os.urandom", "uuid.uuid1", "uuid.uuid4", "mpmath.rand"), _CHANCE),
    **dict.fromkeys(("builtins.id", "builtins.hash"), _ADDRESS),
    **dict.fromkeys(("builtins.input", "sys.stdin"), _ASKS),
}
# These are repeatable when they are given a seed.
_SEEDED = (
    *("numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.SeedSequence"),
    *("numpy.random.PCG64", "numpy.random.PCG64DXSM", "numpy.random.MT19937"),
    *("numpy.random.Philox", "numpy.random.SFC64", "random.Random"),
)
_INNOCENT = ("numpy.random.Generator", "numpy.random.BitGenerator", "random.Random")
# Methods of paths. Others with such a name have arguments, or are refused too.
_OF_PATHS = ("exists", "is_file", "is_dir", "is_symlink", "stat", "lstat")
_SETS = ("set", "frozenset")
# What these make of their argument does not depend on its order.
_UNORDERED = (*_SETS, "sorted", "len", "sum", "min", "max", "all", "any")


def refuse(tree: ast.Module, where: Where) -> None:
    """Raise QuestionError at the first line whose result would not repeat itself."""
    nodes = list(ast.walk(tree))
    module = _Module(nodes)
    for node in nodes:
        if found := module.fault(node):
            what, hint = found
            shown = ast.unparse(node)
            subject = "this" if found is _ORDER else shown.partition("(")[0]
            line = getattr(node, "lineno", None)
            raise QuestionError(
                f"{subject} {what}",
                Where(where.file, line, where.question),
                hint,
                found=shown.partition("\n")[0][:100],
            )


class _Module:
    """A module's syntax, and what its names were imported as."""

    def __init__(self, nodes: list[ast.AST]) -> None:
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        self.imported = {name: path for node in nodes for name, path in _imports(node)}
        self.bound = {name for node in nodes for name in _bound(node)}
        self.called = {id(call.func) for call in calls}
        self.unordered = {
            id(argument)
            for call in calls
            if isinstance(call.func, ast.Name) and call.func.id in _UNORDERED
            for argument in call.args
        }

    def fault(self, node: ast.AST) -> tuple[str, str] | None:
        """What is wrong with a node, and what to do."""
        if isinstance(node, ast.Call) and self.path(node.func) in _SEEDED:
            seeded = any(not _is_none(a) for a in [*node.args, *(k.value for k in node.keywords)])
            return None if seeded else _CHANCE
        if isinstance(node, ast.Call) and _looks(node):
            return _LOOKS
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            return self._named(self.path(node), node)
        if isinstance(node, ast.For) and self._is_set(node.iter):
            return _ORDER
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            loose = any(self._is_set(each.iter) for each in node.generators)
            return _ORDER if loose and id(node) not in self.unordered else None
        if isinstance(node, ast.Call) and self._keeps_order(node.func):
            return _ORDER if any(map(self._is_set, node.args)) else None
        return None

    def path(self, node: ast.AST) -> str:
        """The full dotted name of an expression: numpy.random.rand for np.random.rand."""
        if isinstance(node, ast.Attribute):
            head = self.path(node.value)
            return f"{head}.{node.attr}" if head else ""
        if not isinstance(node, ast.Name):
            return ""
        builtin = node.id in ("id", "hash", "input") and node.id not in self.bound
        return self.imported.get(node.id, f"builtins.{node.id}" if builtin else "")

    def _named(self, path: str, node: ast.AST) -> tuple[str, str] | None:
        if path in _NAMES:
            only_called = path.startswith("builtins.") and id(node) not in self.called
            return None if only_called else _NAMES[path]
        if path.partition(".")[0] in _MODULES and "." in path:
            return _MODULES[path.partition(".")[0]]
        if path.startswith("random.") and path not in _INNOCENT:
            return _CHANCE if path == "random.SystemRandom" else _SHARED
        if path.startswith("numpy.random.") and path not in (*_SEEDED, *_INNOCENT):
            return _SHARED
        return None

    def _is_set(self, node: ast.AST) -> bool:
        """Whether an expression is a set, as far as can be seen."""
        if isinstance(node, ast.Set):
            return not all(
                isinstance(e, ast.Constant) and isinstance(e.value, int) for e in node.elts
            )
        if isinstance(node, ast.SetComp):
            return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub):
            return self._is_set(node.left) or self._is_set(node.right)
        if isinstance(node, ast.Attribute):
            return node.attr == "free_symbols"
        if isinstance(node, ast.Call):
            function = node.func
            named = isinstance(function, ast.Name) and function.id in _SETS
            return named or (isinstance(function, ast.Attribute) and function.attr == "atoms")
        return False

    def _keeps_order(self, function: ast.AST) -> bool:
        """Whether a call makes a sequence in the order of its argument."""
        if isinstance(function, ast.Attribute):
            return function.attr == "join"
        names = ("list", "tuple", "iter", "enumerate", "Tuple", "zip", "map")
        return isinstance(function, ast.Name) and function.id in names


def _looks(call: ast.Call) -> bool:
    """Whether a call asks a path whether it is there, or how large or old it is."""
    function = call.func
    alone = not call.args and all(word.arg == "follow_symlinks" for word in call.keywords)
    return alone and isinstance(function, ast.Attribute) and function.attr in _OF_PATHS


def _imports(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that a statement imports, and what it stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            head = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (head, head)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node gives a meaning of the module's own."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
