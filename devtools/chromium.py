"""The browser for Odoo's browser tests."""

import os
import shutil
import subprocess

from . import paths
from .errors import DevError
from .processes import run
from .progress import step

# The names Odoo looks for.
NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PACKAGE = "chromium"


def ensure():
    """Find a browser, or install Debian's where that is possible.

    Without one the browser tests are skipped, each with its reason.
    """
    with step("Browser") as progress:
        if (version := _version()) is None and _may_install():
            progress.say("installing the package chromium")
            try:
                _install()
            except DevError as error:
                progress.result = f"none: {error.what} The browser tests are skipped"
                return
            version = _version()
        progress.result = version or (
            "none, so the browser tests are skipped; "
            "an administrator can install one: apt install chromium"
        )


def _version():
    """What the browser says it is; None where there is none that starts."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        return None
    # Ubuntu's package is an empty one that asks for another package system.
    paths.HOME.mkdir(parents=True, exist_ok=True)
    answer = subprocess.run(
        [program, "--version"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(paths.HOME)},  # it writes there
    )
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def _may_install():
    return os.geteuid() == 0 and bool(shutil.which("apt-get"))


def _install():
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = {
        "what": "The package chromium could not be installed.",
        "todo": "Install a browser by hand: apt install chromium",
        "log": "chromium",
        "env": environment,
    }
    run(["apt-get", "update"], **options)
    run(
        ["apt-get", "install", "-y", "--no-install-recommends", PACKAGE],
        **options,
    )
