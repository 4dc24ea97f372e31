"""Debian packages without being root: fetched by a private apt, unpacked at will.

apt keeps its lists and caches in folders of the project; mirror, keyring, proxy
and architecture are the machine's own. The system is not changed.
"""

import getpass
import hashlib
import os
import shutil
import subprocess

from . import paths
from .apt_sources import distribution, main_archive, read_sources, stanza
from .errors import DevError
from .processes import run

# Suites that move; what must fit a release comes from the stable one instead.
ROLLING = ("sid", "unstable", "testing", "experimental")
# Where a package is looked for when the machine's own suite lacks it.
NEWEST = "sid"


def archive():
    """The source of this machine's own release; DevError where there is none."""
    has_apt = shutil.which("apt-get") and shutil.which("dpkg-deb")
    source = main_archive(read_sources()) if has_apt else None
    if source is None:
        raise DevError(
            "Debian packages can't be fetched here.",
            "There is no apt, or its sources name no archive with 'main'.",
        )
    return source


def own_suite():
    """The suite this machine runs, as ``bookworm``."""
    return archive()["Suites"]


# -- the private apt ---------------------------------------------------------


class PrivateApt:
    """An apt with its own lists and caches, for the suites given."""

    def __init__(self, suites):
        self.suites = list(suites)
        self.folder = paths.STATE / "apt"
        self._write_configuration(archive())

    def _write_configuration(self, source):
        for name in ("lists/partial", "cache/archives/partial", "parts", "empty"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        # pip's wheel lies in Ubuntu's universe, in Debian's main.
        components = "main universe" if distribution() == "ubuntu" else "main"
        (self.folder / "parts" / "private.sources").write_text(
            "\n".join(stanza(source, suite, components) for suite in self.suites),
            encoding="utf-8",
        )
        # Of the machine's settings only how to reach its mirror is taken over:
        # its hooks and pins are about the system, which stays as it is.
        dump = subprocess.run(
            ["apt-config", "dump"], capture_output=True, text=True, check=False
        ).stdout
        lines = [line for line in dump.splitlines() if line.startswith("Acquire::")]
        settings = {
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": self.folder / "empty",
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": self.folder / "parts",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": self.folder / "empty",
            "Dir::State": self.folder,
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            # apt's own user can't write here; downloads are checked all the same.
            "APT::Sandbox::User": getpass.getuser(),
            "Acquire::Languages": "none",
        }
        lines += [f'{name} "{value}";' for name, value in settings.items()]
        self.configuration = self.folder / "apt.conf"
        self.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _run(self, *command, what, **options):
        return run(
            command,
            what=what,
            todo="Check that this machine reaches its Debian mirror.",
            log="apt",
            env={**os.environ, "APT_CONFIG": str(self.configuration), "LC_ALL": "C"},
            **options,
        )

    def update(self, on_line=None):
        """Fetch the lists of packages; apt checks their signatures."""
        self._run(
            "apt-get",
            "update",
            "--error-on=any",
            what="Debian's lists of packages could not be fetched.",
            on_line=on_line,
        )

    def versions(self, package):
        """The versions of a package by suite."""
        output = self._run(
            "apt-cache", "madison", package, what=f"apt does not know {package}."
        )
        found = {}
        for line in output.splitlines():
            parts = [part.strip() for part in line.split("|")]
            if len(parts) == 3 and parts[0] == package:
                suite = parts[2].split()[1].partition("/")[0]
                found.setdefault(suite, parts[1])
        return found

    def download(self, package, suites, folder):
        """Fetch a package from the first of these suites that has it.

        apt refuses what is not signed or does not match its hash.
        """
        versions = self.versions(package)
        for suite in suites:
            if suite in versions:
                self._run(
                    "apt-get",
                    "download",
                    f"{package}={versions[suite]}",
                    what=f"Debian's package {package} could not be fetched.",
                    cwd=folder,
                )
                return
        raise DevError(f"Debian's {' and '.join(suites)} have no package {package}.")


# -- downloads that are kept -------------------------------------------------


def fetch(name, wanted, progress=None):
    """The packages of a selection, from the cache of downloads or from Debian.

    ``wanted`` maps each package to the suites to take it from, in order; None is
    the machine's own. Returns the paths of the ``.deb`` files.
    """
    own = own_suite()
    folder = paths.downloads() / "debian" / f"{name}-{own}"
    if files := _checked(folder):
        return files
    wanted = {
        package: list(dict.fromkeys(suite or own for suite in order))
        for package, order in wanted.items()
    }
    apt = PrivateApt(dict.fromkeys(s for order in wanted.values() for s in order))
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        if progress:
            progress.say("fetching Debian's lists of packages")
        apt.update()
        for package, order in wanted.items():
            if progress:
                progress.say(f"downloading {package}")
            apt.download(package, order, draft)
        files = sorted(draft.glob("*.deb"))
        sums = "".join(f"{sha256(path)}  {path.name}\n" for path in files)
        (draft / "SHA256SUMS").write_text(sums, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(apt.folder, ignore_errors=True)
    return sorted(folder.glob("*.deb"))


def _checked(folder):
    """The files of a kept selection when all are as they were fetched."""
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = dict(reversed(line.split(maxsplit=1)) for line in lines)
        if sums and all(sha256(folder / name) == sums[name] for name in sums):
            return sorted(folder / name for name in sums)
    except (OSError, ValueError):
        pass
    return []


def sha256(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(files, folder):
    """Unpack packages into one folder, as they would lie in the system."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        run(
            ["dpkg-deb", "-x", path, folder],
            what=f"{path.name} could not be unpacked.",
            todo="Check the free space on the disk, then try again.",
            log="apt",
        )


def pip_wheel():
    """pip as Debian packages it, for machines whose Python has no ensurepip."""
    try:
        files = fetch("pip", {"python3-pip-whl": [None]})
    except DevError as error:
        raise DevError(
            "This Python can't make a virtual environment.",
            "It lacks the module ensurepip, and pip could not be fetched:\n"
            + "\n".join(error.lines()),
            "Install the package python3-venv (apt install python3-venv).",
        ) from error
    folder = paths.STATE / "pip"
    unpack(files, folder)
    return next(folder.rglob("pip-*.whl"))
