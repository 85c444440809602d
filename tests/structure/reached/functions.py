"""Which functions of the product ran: each says so in its first statement, which the import puts there.

A tracer would slow every line of every library; a mark in the functions themselves costs nothing one could measure.
"""

import ast
import builtins
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

PACKAGE = "mobility"
#: Decorators of functions that Python never enters: machine code, and what only type checkers read.
NEVER_ENTERED = ("compiled", "njit", "jit", "inlined", "_intrinsic", "intrinsic", "overload")
#: Their names by number, and whether each ran.
names: list[str] = []
ran = bytearray()
_MARK = "__ran__"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


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


def marked(tree: ast.Module, module: str) -> ast.Module:
    """Put the mark in front of every function that Python may enter, and number it."""
    for name, node in defined(tree.body):
        if is_empty(node) or not set(decorators(node)).isdisjoint(NEVER_ENTERED):
            continue
        line = node.body[0].lineno
        mark = ast.parse(f"{_MARK}[{len(names)}] = 1").body[0]
        for part in ast.walk(mark):
            part.lineno = part.end_lineno = line  # type: ignore[attr-defined]
            part.col_offset = part.end_col_offset = 0  # type: ignore[attr-defined]
        documented = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
        node.body.insert(1 if documented else 0, mark)
        names.append(f"{module}:{name}")
        ran.append(0)
    return tree


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return compile(marked(ast.parse(Path(path).read_bytes()), fullname), path, "exec", dont_inherit=True)


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
    setattr(builtins, _MARK, ran)
    sys.meta_path.insert(0, _Finder)  # type: ignore[arg-type]


def seen() -> set[str]:
    return {name for name, mark in zip(names, ran, strict=True) if mark}


def forget() -> None:
    """Count from nothing again, for what ran before was not driven by anybody."""
    ran[:] = bytes(len(ran))


def name_the_rest() -> None:
    """Name the functions of modules that nobody imported, none of which ran."""
    folder = Path(sys.modules[PACKAGE].__file__ or "").parent
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder.parent).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if module not in sys.modules and not {"migrations", "node_modules"} & set(parts):
            marked(ast.parse(file.read_bytes()), module)
