"""Get Odoo 19: from $ODOO_PATH, an installed one, Debian's package or a clone."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import debian, paths, venv
from .apt_sources import distribution
from .errors import DevError
from .processes import run
from .progress import step

SERIES = 19
REPOSITORY = "https://github.com/odoo/odoo"
NAMED = "ODOO_PATH"
RECORD = paths.ODOO / "source.json"
# Modules without which this is not the Odoo the suite needs.
EXPECTED = ("base", "web", "mail", "crm")

# What Debian's Odoo links to instead of carrying it. Newer suites may bring
# versions with other file names, so the machine's own release comes first.
ASSETS = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Version 5 and later of it has other files: take it from releases that have 4.7.
FONT_AWESOME = "fonts-font-awesome"
FONT_AWESOME_SUITES = ("bookworm", "trixie")
# Removed by the packagers; the browser logs an error for its absence.
REMOVED = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass
class Source:
    """A place Odoo can be run from."""

    kind: str
    python_path: str  # the folder that makes ``import odoo`` work
    addons: list = field(default_factory=list)  # folders of addons besides odoo/addons
    version: str = ""
    build: str = ""  # what tells this build from others of the same version

    def addons_folders(self):
        return [Path(self.python_path) / "odoo" / "addons", *map(Path, self.addons)]


def ensure():
    """Odoo, verified and importable in .venv. Needs .venv to be there."""
    with step("Odoo") as progress:
        source = _recorded() or _find(progress)
        # The path file is of the .venv, which may be newer than Odoo's folder.
        _make_importable(source)
        progress.result = f"{source.version}, {source.kind}"
        return source


def _recorded():
    """The source found earlier, when it still is there and still is wanted."""
    try:
        source = Source(**json.loads(RECORD.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    named = os.environ.get("ODOO_PATH")
    if named and source.python_path != str(_python_path(Path(named))):
        return None
    if not named and source.kind == NAMED:
        return None
    return None if _missing(source) else source


def _find(progress):
    ways = (_named, _installed, _debian, _clone)
    if os.environ.get("ODOO_PATH"):
        ways = (_named,)  # who names one wants that one and no other
    reasons = []
    for way in ways:
        try:
            source = way(progress)
            source.version = _verify(source)
            source.build = source.build or _commit(source) or source.python_path
        except DevError as error:
            reasons.append(" ".join([error.what, error.why]).strip())
            continue
        RECORD.parent.mkdir(parents=True, exist_ok=True)
        RECORD.write_text(json.dumps(asdict(source)), encoding="utf-8")
        return source
    raise DevError(
        f"Odoo {SERIES} could not be found or fetched.",
        "\n".join(f"- {reason}" for reason in reasons),
        "Set ODOO_PATH to a folder with Odoo 19's source, or mend one of these ways.",
        log=paths.LOG / "odoo-source.log",
    )


# -- the ways, first one that works ------------------------------------------


def _python_path(folder):
    """The folder to import from, for the several folders a person may name."""
    folder = folder.expanduser().resolve()
    inner = folder / "usr/lib/python3/dist-packages"  # an unpacked Debian package
    for candidate in (folder, inner, folder.parent):
        if (candidate / "odoo" / "release.py").is_file():
            return candidate
    return folder


def _from_folder(kind, folder):
    path = _python_path(folder)
    # In a source tree most addons lie beside the package odoo, not in it.
    beside = path / "addons"
    separate = not (path / "odoo/addons/web").is_dir() and beside.is_dir()
    return Source(kind, str(path), [str(beside)] if separate else [])


def _named(_progress):
    if not (named := os.environ.get("ODOO_PATH")):
        raise DevError("ODOO_PATH is not set.")
    return _from_folder(NAMED, Path(named))


def _installed(_progress):
    """An Odoo that the Python which runs this can import, .venv's own aside."""
    python = getattr(sys, "_base_executable", None) or sys.executable
    probe = "import odoo.release; print(odoo.release.__file__)"
    answer = subprocess.run(
        [python, "-c", probe], capture_output=True, text=True, check=False, cwd="/"
    )
    if answer.returncode:
        raise DevError("No Odoo is installed for this Python.")
    found = Path(answer.stdout.strip().splitlines()[-1]).parent.parent
    if paths.ROOT in found.parents:
        raise DevError("The Odoo that is importable is the one of this project.")
    source = _from_folder("installed", found)
    # Of the system's packages only Odoo shall be visible in .venv.
    link = paths.STATE / "installed-odoo" / "odoo"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(Path(source.python_path) / "odoo")
    source.python_path = str(link.parent)
    return source


def _debian(progress):
    if distribution() != "debian":
        raise DevError("Debian's package needs a Debian machine.")
    own = debian.own_suite()
    release = "stable" if own in debian.ROLLING else own
    suites = [release, debian.NEWEST]
    wanted = {f"odoo-{SERIES}": [debian.NEWEST]}
    wanted.update(dict.fromkeys(ASSETS, suites))
    wanted[FONT_AWESOME] = [release, *FONT_AWESOME_SUITES]
    files = debian.fetch(f"odoo-{SERIES}", wanted, progress)
    progress.say("unpacking")
    folder = _empty_folder()
    debian.unpack(files, folder)
    source = _from_folder("Debian's package", folder)
    source.build = " ".join(path.name for path in files)
    removed = Path(source.python_path) / "odoo/addons" / REMOVED
    if not removed.exists():
        removed.parent.mkdir(parents=True, exist_ok=True)
        removed.touch()
    return source


def _clone(progress):
    if not shutil.which("git"):
        raise DevError("A clone needs git.")

    def show(line):
        progress.say(f"cloning branch {SERIES}.0, {line.strip().lower()[:60]}")

    folder = _empty_folder()
    command = ["git", "clone", "--depth", "1", "--single-branch", "--progress"]
    run(
        [*command, "--branch", f"{SERIES}.0", REPOSITORY, folder],
        what=f"Cloning {REPOSITORY} failed.",
        log="odoo-source",
        on_line=show,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
    )
    return _from_folder("clone of the public branch", folder)


def _empty_folder():
    folder = paths.ODOO / "root"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder


# -- making sure -------------------------------------------------------------


def _missing(source):
    """The expected modules that this source lacks."""
    folders = source.addons_folders()
    return [
        name
        for name in EXPECTED
        if not any((folder / name / "__manifest__.py").is_file() for folder in folders)
    ]


def _verify(source):
    """The version of this Odoo; DevError unless it is a whole Odoo 19."""
    if missing := _missing(source):
        raise DevError(
            f"{source.kind}: not a whole Odoo.",
            f"{source.python_path} has no module {', '.join(missing)}.",
        )
    probe = (
        "import sys; sys.path.insert(0, sys.argv[1]); from odoo import release;"
        "print(release.version_info[0], release.version)"
    )
    answer = subprocess.run(
        [paths.PYTHON, "-c", probe, source.python_path],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    series, _space, version = answer.stdout.strip().partition(" ")
    if answer.returncode or series != str(SERIES):
        raise DevError(
            f"{source.kind}: not Odoo {SERIES}.",
            f"{source.python_path} is {version or 'not importable'}.",
        )
    return version


def _commit(source):
    """The commit of a source tree, or an empty string."""
    command = ["git", "-C", source.python_path, "rev-parse", "HEAD"]
    if not shutil.which("git") or not (Path(source.python_path) / ".git").exists():
        return ""
    return subprocess.run(
        command, capture_output=True, text=True, check=False
    ).stdout.strip()


def _make_importable(source):
    path_file = venv.site_packages() / "odoo-source.pth"
    line = f"{source.python_path}\n"
    if not path_file.is_file() or path_file.read_text(encoding="utf-8") != line:
        path_file.write_text(line, encoding="utf-8")
