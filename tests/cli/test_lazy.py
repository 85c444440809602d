"""Commands are loaded when they are called: what the list says of them, and what a start may cost."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from mobility.cli.lazy import loaded
from mobility.cli.main import ENTRIES, commands
from tests.memory import PROBE

ROOT = Path(__file__).resolve().parents[2]
#: What a call of the root may cost: modules, memory in MB, and seconds of processor (four times the aim, for busy machines).
MODULES, MEGABYTES, SECONDS = 160, 40, 1.2
PROGRAM = (
    PROBE
    + """
import sys, time
from mobility.__main__ import main
sys.argv = ["mobility", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    assert not ended.code
print(len(sys.modules), megabytes(), time.process_time(), file=sys.stderr)
"""
)


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["-h"]], ids=" ".join)
def test_what_needs_no_part_of_the_product_loads_none(words):
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    modules, megabytes, seconds = map(float, done.stderr.split())
    assert done.stdout
    assert modules <= MODULES
    assert megabytes <= MEGABYTES
    assert seconds <= SECONDS


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_is_there_under_its_name_and_the_list_says_what_it_says(name):
    entry = ENTRIES[name]
    command = loaded(entry.place)
    assert isinstance(command, click.Command)
    assert command.name == name
    said = " ".join((command.help or "").split())
    assert said.startswith(entry.short_help.rstrip("."))


def test_the_list_of_commands_has_each_with_its_line():
    shown = commands.get_help(click.Context(commands, info_name="mobility", terminal_width=200))
    for name, entry in ENTRIES.items():
        assert f"{name} " in shown
        assert entry.short_help in shown


def test_a_command_that_is_not_there_is_refused():
    with pytest.raises(click.UsageError, match="No such command 'nonsense'"):
        commands.main(["nonsense"], standalone_mode=False)
