"""What the figures of the plan are counted by: ways through a function, who imports whom, circles."""

import ast
from collections.abc import Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHING = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert, ast.match_case)


def complexity(function: ast.AST) -> int:
    """Count the ways through a function: one, and one more for each branch, loop, ``and``, ``or`` and filter.

    Functions inside it count for themselves.
    """
    total, waiting = 1, list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, FUNCTIONS):
            continue
        if isinstance(node, BRANCHING):
            total += 1
        elif isinstance(node, ast.comprehension):
            total += 1 + len(node.ifs)
        elif isinstance(node, ast.BoolOp):
            total += len(node.values) - 1
        waiting += ast.iter_child_nodes(node)
    return total


def named_functions(tree: ast.AST, owner: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield every function with its name within the module, such as ``Runner.once``."""
    for node in ast.iter_child_nodes(tree):
        name = f"{owner}.{node.name}" if owner and hasattr(node, "name") else getattr(node, "name", owner)
        if isinstance(node, FUNCTIONS):
            yield name, node
        yield from named_functions(node, name)


def branched(source: str) -> dict[str, int]:
    return {name: complexity(node) for name, node in named_functions(ast.parse(source))}


def imported(name: str, tree: ast.Module, modules: Iterable[str]) -> Iterator[str]:
    """Yield the modules of the product that one imports when it is loaded."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found = whole if whole in modules else node.module
                if found in modules and found != name:
                    yield found
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules and alias.name != name)


def circles(edges: dict[str, set[str]]) -> list[str]:
    """Return who is left when whoever imports nobody, or is imported by nobody, is taken out again and again."""
    left = set(edges)
    while True:
        used = {to for name in left for to in edges[name] & left}
        keep = {name for name in left & used if edges[name] & left}
        if keep == left:
            return sorted(left)
        left = keep
