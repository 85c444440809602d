"""The house holds: layers, style, types, sizes, wording; what the plan says is measured, not hoped for."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.measures import branched, circles, imported

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted((ROOT / "mobility").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
MOST_WAYS = 10
MOST_FILES = 20
#: Functions with more ways through them, until somebody has cut them.


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


def test_no_function_has_more_than_ten_ways_through_it():
    found = {
        (str(file.relative_to(ROOT)), name): ways
        for file in PRODUCT
        for name, ways in branched(file.read_text()).items()
        if ways > MOST_WAYS
    }
    assert found == {}, "cut these functions into steps that have names"


def files_of(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.is_file()]


def test_no_folder_holds_more_than_about_twenty_files():
    tops = [ROOT / name for name in ("mobility", "templates", "tests", "bench")]
    aside = {"node_modules", "dist", "__pycache__", "files"}
    folders = [each for top in tops for each in [top, *top.rglob("*")] if each.is_dir()]
    found = {
        str(folder.relative_to(ROOT)): len(files_of(folder))
        for folder in folders
        if not aside & set(folder.relative_to(ROOT).parts) and len(files_of(folder)) > MOST_FILES
    }
    assert found == {}, "cut these folders by resource: docs/decisions says how"


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in PRODUCT}


def test_no_imports_run_in_a_circle():
    edges = {name: set(imported(name, ast.parse(file.read_text()), MODULES)) for name, file in MODULES.items()}
    assert sum(map(len, edges.values())) > len(edges)
    assert circles(edges) == []


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


def test_only_one_place_says_which_languages_the_product_speaks():
    several = re.compile(r"""["']en["'], *["'](?:es|fr)["'](?!\))|["']es["'], *["'](?:en|fr)["']""")
    listed = {str(file.relative_to(ROOT)) for file in PRODUCT if several.search(file.read_text())}
    templates = {
        str(file.relative_to(ROOT)) for file in (ROOT / "templates").rglob("*.html") if several.search(file.read_text())
    }
    assert listed | templates == set()


def test_a_query_module_is_imported_under_its_own_name():
    renamed = re.compile(r"(?m)^ *from mobility\.queries[\w.]* import [^#\n]*?\b\w+ as \w+")
    files = [path for room in ("mobility", "tests", "bench") for path in sorted((ROOT / room).rglob("*.py"))]
    assert {path.name: found for path in files if (found := renamed.findall(path.read_text()))} == {}
