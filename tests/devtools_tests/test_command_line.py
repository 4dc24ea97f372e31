import os
import subprocess
import sys

import pytest

from devtools import paths
from devtools.progress import step


def dev(*arguments, **environment):
    return subprocess.run(
        [sys.executable, paths.ROOT / "dev", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        cwd="/",
    )


def test_help_lists_the_commands():
    answer = dev("--help")

    assert answer.returncode == 0
    commands = "demo test lint odoo simulators bench chaos year desk"
    for command in commands.split():
        assert f"  {command}" in answer.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["demo", "--twice"],
        ["lint", "--all"],
        ["reset", "now"],
        ["bench"],
        ["year", "few"],
        ["desk", "helpscout"],
    ],
)
def test_a_wrong_call_is_told_without_a_traceback(arguments):
    answer = dev(*arguments)

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("\nError: ")
    assert "To do: " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_each_step_tells_what_came_of_it(capsys):
    with step("Odoo") as progress:
        progress.result = "19.0"
    with pytest.raises(ValueError), step("PostgreSQL"):
        raise ValueError

    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("  ok  Odoo: 19.0 (")
    assert lines[1].startswith("  --  PostgreSQL: failed (")
