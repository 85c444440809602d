"""Which functions of the product ran: each says so in its first statement, which the import puts there.

A tracer would slow every line of every library; a mark in the functions themselves costs nothing one could measure.
"""

import ast
import builtins
import functools
import marshal
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

PACKAGE = "mobility"
#: Decorators of functions that Python never enters: machine code, and what only type checkers read.
NEVER_ENTERED = ("compiled", "njit", "jit", "inlined", "_intrinsic", "intrinsic", "overload")
#: Decorators of functions that run once a process, whoever calls them first.
KEPT = ("cache", "lru_cache")
#: Room for marks: twice as many functions as the product will have (a copy full of mutants has more, and no need).
ROOM = 1 << 14
#: Names of functions by number, and whether each ran.
names: list[str] = []
ran = bytearray(ROOM)
_MARK, _ONCE = "__ran__", "__once__"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NOTHING = bytes(ROOM)


class Driven:
    """What ran while a page, a command, a job or an import was at work, whatever else ran before and after."""

    def __init__(self) -> None:
        self._depth = self._marks = self._any = 0
        #: What ran in other processes.
        self.apart: set[str] = set()

    def __enter__(self) -> None:
        if not self._depth:
            self._any |= int.from_bytes(ran, "little")
            ran[:] = _NOTHING
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._marks |= int.from_bytes(ran, "little")
            ran[:] = _NOTHING

    @property
    def at_work(self) -> bool:
        return self._depth > 0

    def functions(self) -> set[str]:
        """Return the functions that were driven; the invented world counts whoever makes it."""
        now = int.from_bytes(ran, "little")
        marks = (self._marks | (now if self._depth else 0)).to_bytes(ROOM, "little")
        ever = (self._any | self._marks | now).to_bytes(ROOM, "little")
        return self.apart | {
            name
            for number, name in enumerate(names)
            if marks[number] or (ever[number] and name.startswith(f"{PACKAGE}.demo."))
        }


driven = Driven()


def while_driven(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whatever runs in which counts as driven."""

    @functools.wraps(call)
    def run(*args: Any, **kwargs: Any) -> Any:
        with driven:
            return call(*args, **kwargs)

    return run


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[str]:
    for each in node.decorator_list:
        called = each.func if isinstance(each, ast.Call) else each
        yield ast.unparse(called).rpartition(".")[2]


def is_empty(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function only names what others do: a docstring, ``...``, ``raise NotImplementedError``."""
    return all(
        isinstance(step, ast.Pass)
        or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
        or (isinstance(step, ast.Raise) and "NotImplementedError" in ast.unparse(step))
        for step in node.body
    )


def defined(body: Sequence[ast.stmt], owner: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the functions of a module and the methods of its classes, by name; a function inside one is part of it."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from defined(node.body, f"{owner}{node.name}.")
        elif isinstance(node, _FUNCTIONS):
            yield f"{owner}{node.name}", node
        elif isinstance(node, ast.If | ast.Try):
            yield from defined(node.body, owner)


def marked(tree: ast.Module) -> list[str]:
    """Put the mark in front of every function that Python may enter; return their names in order."""
    found: list[str] = []
    for name, node in defined(tree.body):
        if is_empty(node) or not set(decorators(node)).isdisjoint(NEVER_ENTERED):
            continue
        documented = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
        mark = _at(ast.parse(f"{_MARK}[{len(found)}] = 1").body[0], node.body[0].lineno)
        if not set(decorators(node)).isdisjoint(KEPT):
            node.decorator_list.append(_at(ast.parse(_ONCE).body[0].value, node.lineno))  # type: ignore[attr-defined]
        node.body.insert(1 if documented else 0, mark)
        found.append(name)
    return found


def _at(tree: Any, line: int) -> Any:
    for part in ast.walk(tree):
        part.lineno = part.end_lineno = line  # type: ignore[attr-defined]
        part.col_offset = part.end_col_offset = 0  # type: ignore[attr-defined]
    return tree


def _marks_of(module: str, found: Sequence[str]) -> memoryview | bytearray:
    """Number the functions of a module and return its part of the marks; without room they count for nothing."""
    first = len(names)
    if first + len(found) > ROOM:
        return bytearray(len(found))
    names.extend(f"{module}:{name}" for name in found)
    return memoryview(ran)[first : first + len(found)]


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        found, code = self._compiled(self.get_filename(module.__name__))
        vars(module)[_MARK] = _marks_of(module.__name__, found)
        with driven:
            exec(code, vars(module))

    @staticmethod
    def _compiled(path: str) -> tuple[list[str], CodeType]:
        """Return the names and the marked code of a file, compiled once like any other."""
        stamp, stat = Path(cache_from_source(path, optimization="marked")), Path(path).stat()
        here = (stat.st_mtime_ns, stat.st_size, Path(__file__).stat().st_mtime_ns)
        try:
            kept, found, code = marshal.loads(stamp.read_bytes())
            if kept == here:
                return found, code
        except (OSError, EOFError, ValueError, TypeError):
            pass
        tree = ast.parse(Path(path).read_bytes())
        found = marked(tree)
        code = compile(tree, path, "exec", dont_inherit=True)
        part = stamp.with_name(f"{stamp.name}.{os.getpid()}")
        stamp.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(marshal.dumps((here, found, code)))
        part.replace(stamp)
        return found, code


class _Finder:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] != PACKAGE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def install() -> None:
    """Mark every module of the product that is imported from now on; none may have been before."""
    if any(name.partition(".")[0] == PACKAGE for name in sys.modules):
        raise RuntimeError("the product is imported already")
    setattr(builtins, _ONCE, while_driven)
    sys.meta_path.insert(0, _Finder)  # type: ignore[arg-type]


def every() -> set[str]:
    """Return every function of the product, those of modules that nobody imported too."""
    folder = Path(__file__).resolve().parents[3] / PACKAGE
    found = set()
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder.parent).with_suffix("").parts
        if not {"migrations", "node_modules"} & set(parts):
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found |= {f"{module}:{name}" for name in marked(ast.parse(file.read_bytes()))}
    return found
