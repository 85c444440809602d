"""Build step: what a wheel carries beside sources: front end, templates, migrations, catalogues, bill of materials."""

import base64
import importlib.util
import json
import re
import shutil
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
EPOCH = datetime.fromtimestamp(0, UTC)
SHIPPED_FRONT_END = ("govuk-frontend", "htmx.org")


def neighbour(name: str) -> ModuleType:
    """Return a module of this checkout by itself; an isolated build does not look for modules here."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build_front_end() -> None:
    """Build the front end unless it is there: an sdist brings it along."""
    start = neighbour("start")
    if not start.front_end_ready(ROOT):
        start.build_front_end(ROOT)


def compile_catalogues(package: Path) -> None:
    """Write the compiled form of each catalogue into the built package, whose folder nobody may write to later."""
    for source in sorted((ROOT / "mobility" / "translations").rglob("*.po")):
        target = package / source.relative_to(ROOT / "mobility").with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as text, target.open("wb") as binary:
            catalogue = read_po(text, locale=source.parent.parent.name)
            catalogue.creation_date = EPOCH  # else the moment of the build
            write_mo(binary, catalogue)


def python_parts() -> Iterator[dict[str, Any]]:
    """Yield the pinned packages that the program runs with, in the form of CycloneDX."""
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    for name, version, rest in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)(.*)$", text, re.MULTILINE):
        hashes = [{"alg": "SHA-256", "content": each} for each in re.findall(r"--hash=sha256:(\w+)", rest)]
        yield part("pypi", name.lower(), version, hashes)


def front_end_parts() -> Iterator[dict[str, Any]]:
    """Yield the front-end packages whose files are in the wheel, in the form of CycloneDX."""
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name in SHIPPED_FRONT_END:
        package = locked[f"node_modules/{name}"]
        algorithm, _, digest = package["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        yield part(
            "npm", name, package["version"], [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": content}]
        )


def part(kind: str, name: str, version: str, hashes: list[dict[str, str]]) -> dict[str, Any]:
    """Return one component of the bill; a pinned version has a hash for each file of it."""
    address = f"pkg:{kind}/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "hashes": hashes,
    }


def bill_of_materials(version: str) -> dict[str, Any]:
    """Return the bill in the form of CycloneDX 1.6; the same sources give the same bill."""
    parts = [*front_end_parts(), *python_parts()]
    product = {"type": "application", "name": "mobility-corridor", "version": version, "bom-ref": "mobility-corridor"}
    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([product, parts], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": number.urn,
        "version": 1,
        "metadata": {"component": product},
        "components": parts,
        "dependencies": [{"ref": "mobility-corridor", "dependsOn": [each["bom-ref"] for each in parts]}],
    }


class BuildPackage(build_py):
    """Build the package from nothing, with what stands beside it in the checkout."""

    def run(self) -> None:
        """Build the package, then put the rest into it."""
        build_front_end()
        package = Path(self.build_lib) / "mobility"
        shutil.rmtree(package, ignore_errors=True)
        super().run()
        for folder in ("templates", "migrations"):
            shutil.copytree(ROOT / folder, package / folder, ignore=shutil.ignore_patterns("__pycache__"))
        compile_catalogues(package)
        neighbour("mobility/compressed").write_beside(package / "static")


class SourcesWithFrontEnd(sdist):
    """An archive of the sources that is built again without Node."""

    def run(self) -> None:
        """Build the front end, then pack."""
        build_front_end()
        super().run()


class WheelWithBill(bdist_wheel):
    """A wheel that lists what it runs with (PEP 770)."""

    def write_wheelfile(self, wheelfile_base: str, *rest: Any, **more: Any) -> None:
        """Write the wheel's own metadata, and the software bill of materials beside it."""
        super().write_wheelfile(wheelfile_base, *rest, **more)
        bills = Path(wheelfile_base) / "sboms"
        bills.mkdir(exist_ok=True)
        bill = bill_of_materials(self.distribution.get_version())
        (bills / "mobility.cdx.json").write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")


setup(cmdclass={"build_py": BuildPackage, "sdist": SourcesWithFrontEnd, "bdist_wheel": WheelWithBill})
