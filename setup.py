"""Build step: the wheel carries templates/ and migrations/ inside the package, where the installed app finds them."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithFolders(build_py):
    """Copy the folders that stand beside the package in the checkout into the built package."""

    def run(self) -> None:
        """Build the package, then put the folders into it."""
        super().run()
        for folder in ("templates", "migrations"):
            target = Path(self.build_lib) / "mobility" / folder
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": BuildWithFolders})
