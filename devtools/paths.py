"""Where things are. All state lies in the ignored folder .dev of the project."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
TESTS = ROOT / "tests"

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

STATE = ROOT / ".dev"
ODOO = STATE / "odoo"
POSTGRES = STATE / "postgres"
DATA = STATE / "data"
FILESTORE = DATA / "filestore"
RUN = STATE / "run"
LOG = STATE / "log"
HOME = STATE / "home"
TMP = STATE / "tmp"
NODE = STATE / "node"


def private_folder(path):
    """Make a folder that only its owner can read; it holds passwords."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path, text):
    """Write a file that only its owner can read, in one step for its readers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def downloads():
    """The folder for downloads, shared by all checkouts: the user's cache folder."""
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = base / "odoo-connectors"
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError):  # no home, or one that can't be written
        pass
    folder = STATE / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
