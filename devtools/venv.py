"""The virtual environment .venv and what is installed in it."""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys

from . import debian, paths
from .errors import DevError
from .processes import run
from .progress import step

# Which requirements a command needs beside those of the suite itself.
SUITE = ("requirements.txt",)
TEST = ("requirements.txt", "requirements-test.txt", "requirements-oca.txt")
LINT = ("requirements-lint.txt",)
# Those that are installed without what they themselves require.
ALONE = ("requirements-oca.txt",)


def ensure(files=SUITE):
    """Make .venv with the packages of these requirements files, unless it is there."""
    with step("Python environment") as progress:
        if not _works():
            progress.say("making .venv")
            _make()
        installed = _stamp_of(files)
        stamp = paths.VENV / "installed" / files[-1]
        if stamp.is_file() and stamp.read_text(encoding="ascii") == installed:
            progress.result = "ready"
            return
        _install(files, progress)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(installed, encoding="ascii")
        progress.result = "packages installed"


def _works():
    """Whether .venv is there and its Python still is the one it was made with."""
    if not paths.PYTHON.exists():
        return False
    probe = "import pip, sys; print(sys.prefix)"
    answer = subprocess.run(
        [paths.PYTHON, "-c", probe],
        capture_output=True,
        text=True,
        check=False,
        cwd=paths.ROOT,
    )
    # A folder that was moved or copied answers with its old place.
    return answer.returncode == 0 and answer.stdout.strip() == str(paths.VENV)


def _make():
    python = getattr(sys, "_base_executable", None) or sys.executable
    command = [python, "-m", "venv", "--clear", paths.VENV]
    what = "The virtual environment .venv could not be made."
    if importlib.util.find_spec("ensurepip"):
        run(command, what=what, log="venv")
        return
    # Debian's python3 comes without ensurepip; pip's wheel is a package of its own.
    run([*command, "--without-pip"], what=what, log="venv")
    wheel = debian.pip_wheel()
    run(
        [paths.PYTHON, f"{wheel}/pip", "install", "--no-index", wheel],
        what="pip could not be installed into .venv.",
        todo="Install the package python3-venv and try again.",
        log="venv",
    )


def _stamp_of(files):
    digest = hashlib.sha256(sys.version.encode())
    for name in files:
        digest.update((paths.ROOT / name).read_bytes())
    return digest.hexdigest()


def _install(files, progress):
    def show(line):
        if match := re.match(r"\s*(Collecting|Using|Downloading|Installing) \S+", line):
            progress.say(match[0].strip())

    command = [paths.PYTHON, "-m", "pip", "install", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off"]
    together = [name for name in files if name not in ALONE]
    for options, names in (([], together), (["--no-deps"], set(files) & set(ALONE))):
        if not names:
            continue
        listed = [part for name in names for part in ("-r", paths.ROOT / name)]
        run(
            [*command, *options, *listed],
            what=f"Installing the packages of {', '.join(names)} failed.",
            todo="Check that this machine reaches its package index, then try again.",
            log="pip",
            on_line=show,
            env={**os.environ, "PYTHONNOUSERSITE": "1"},
            cwd=paths.ROOT,
        )


def site_packages():
    """The folder of .venv where packages lie."""
    found = sorted(paths.VENV.glob("lib/python3.*/site-packages"))
    if not found:
        raise DevError(
            ".venv has no site-packages folder.", todo="Run ./dev reset --all"
        )
    return found[-1]
