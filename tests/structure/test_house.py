"""The house holds: layers, style, types, sizes, wording; what the plan says is measured, not hoped for."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted((ROOT / "mobility").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "words", [("ruff", "check", "-q"), ("ruff", "format", "--check", "-q"), ("mypy",)], ids=" ".join
)
def test_style_and_types(words):
    done = run(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_layer_imports_only_the_ones_below_it():
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "0 broken" in done.stdout, done.stdout + done.stderr


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - docstring


@pytest.mark.parametrize("file", PRODUCT, ids=lambda file: str(file.relative_to(ROOT)))
def test_modules_and_functions_stay_small_and_imports_stand_on_top(file):
    text = file.read_text()
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST_MODULE
    for function in functions(tree):
        assert length(function) <= LONGEST_FUNCTION, function.name
        for node in ast.walk(function):
            hidden = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mobility")
            assert not hidden, f"{function.name} hides an import"


def test_modules_open_with_one_line():
    for file in PRODUCT:
        docstring = ast.get_docstring(ast.parse(file.read_text())) or ""
        if docstring or file.read_text().strip():
            assert docstring.splitlines()[0].endswith("."), file


def test_no_module_is_a_drawer_for_anything():
    drawers = {"utils", "helpers", "manager", "misc", "common_utils"}
    assert not {file.stem for file in PRODUCT} & drawers


def test_only_one_place_reads_the_clock():
    for file in PRODUCT:
        if file.name != "clock.py":
            assert not re.search(r"datetime\.(now|utcnow)\(|date\.today\(", file.read_text()), file


def test_raw_sql_and_pickles_stay_out():
    for file in PRODUCT:
        text = file.read_text()
        assert "import pickle" not in text, file
        if "security/audit_verification" not in str(file) and "models/" not in str(file):
            assert "sa.text(" not in text, file
        assert "render_template_string" not in text, file


def test_every_template_is_rendered_and_every_rendered_template_exists():
    folder = ROOT / "templates"
    there = {str(file.relative_to(folder)) for file in folder.rglob("*.html")}
    spoken = set()
    for file in [*PRODUCT, *folder.rglob("*.html")]:
        spoken |= set(re.findall(r"[\"']((?:[a-z_]+/)+[a-z_0-9]+\.html)[\"']", file.read_text()))
    spoken |= {name for name in there if name.startswith("errors/")} | {"base.html"}
    missing = {name for name in spoken if not name.startswith("govuk_frontend_jinja/")} - there
    assert missing == set()
    assert there - spoken == set()


def test_templates_never_mark_text_as_safe():
    for file in (ROOT / "templates").rglob("*.html"):
        assert "|safe" not in file.read_text().replace(" ", ""), file
