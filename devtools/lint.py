"""./dev lint: the checks of OCA's tool chain, with the versions pinned here."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from . import locks, paths, venv
from .errors import DevError
from .processes import run
from .progress import step

PYTHON_CODE = ("addons", "devtools", "tests", "dev")
# Tests hold passwords and throw bad things at the code: they are left out.
BANDIT_CODE = ("addons", "devtools")
# What prettier formats; libraries of others and generated pages stay as they are.
FORMATTED = ("*.xml", "*.js", "*.scss")
NOT_OURS = (
    "/static/lib/",
    "/static/src/lib/",
    "/static/description/",
    "/node_modules/",
)
# Checks that say otherwise than this project does.
PYLINT_DISABLED = (
    "manifest-required-author",  # this is no repository of OCA's
    "missing-readme",  # made from readme/*.md for a release
    "consider-merging-classes-inherited",  # a large model has a file for each part
    "missing-return",  # methods that answer nothing extend each other, too
    "super-method-mismatch",  # a step of a method may have a name of its own
    "prefer-env-translation",  # refuses "_ = self.env._"; ruff's TID251 does not
)
OCA_DISABLED = (
    "prefer-readme-rst",
    "xml-field-numeric-without-eval",  # Odoo converts by the field's type
    "xml-header-wrong",  # Odoo's own files say utf-8 in small letters
)
NODE_PACKAGES = paths.ROOT / "devtools" / "node"


@dataclass
class Check:
    """A program that says what is wrong, and perhaps can mend it.

    A slow one names what it reads in ``reads``: when that is as it was the last
    time it found nothing, it isn't run.
    """

    title: str
    command: list
    fix: list | None = None
    environment: dict | None = None
    reads: list | None = None


def main(arguments):
    if unknown := set(arguments) - {"--fix"}:
        raise DevError(
            f"lint does not know {' '.join(sorted(unknown))}.",
            todo="./dev lint [--fix]",
        )
    with locks.alone("prepare"):
        venv.ensure(venv.LINT)
        checks = [*_ruff(), *_bandit(), *_pylint(), *_oca(), *_prettier()]
    if "--fix" in arguments:
        for check in checks:
            if check.fix:
                _run(check.fix, check.environment)
    failed = [check.title for check in checks if not _passes(check)]
    if failed:
        raise DevError(
            f"lint found something: {', '.join(failed)}.",
            todo="./dev lint --fix mends what can be mended by a program.",
        )
    return 0


def _passes(check):
    with step(check.title) as progress:
        stamp = paths.STATE / "lint" / f"{check.title}.passed"
        state = _state(check)
        if state and stamp.is_file() and stamp.read_text(encoding="ascii") == state:
            progress.result = "fine, nothing has changed"
            return True
        answer = _run(check.command, check.environment)
        progress.result = "fine"
        if answer.returncode:
            progress.mark, progress.result = "--", "found something"
        elif state:
            stamp.parent.mkdir(parents=True, exist_ok=True)
            stamp.write_text(state, encoding="ascii")
    if answer.returncode:
        sys.stdout.write(answer.stdout)
        sys.stdout.flush()
    return answer.returncode == 0


def _state(check):
    """A hash of what the check reads and how it is run; None to run it always."""
    if check.reads is None:
        return None
    digest = hashlib.sha256(repr(check.command).encode())
    settings = [paths.ROOT / "pyproject.toml", paths.ROOT / "requirements-lint.txt"]
    for path in [*settings, *check.reads]:
        digest.update(f"{path}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _run(command, environment=None):
    return subprocess.run(
        [str(part) for part in command],
        cwd=paths.ROOT,
        env={**os.environ, "NO_COLOR": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


# -- the checks --------------------------------------------------------------


def _program(name):
    return paths.VENV / "bin" / name


def _addons():
    return sorted(path.parent for path in paths.ADDONS.glob("*/__manifest__.py"))


def _relative(path):
    return str(path.relative_to(paths.ROOT))


def _ruff():
    ruff = [_program("ruff")]
    cache = ["--cache-dir", paths.STATE / "ruff"]
    code = [name for name in PYTHON_CODE if (paths.ROOT / name).exists()]
    check = [*ruff, "check", *cache, *code]
    form = [*ruff, "format", *cache]
    yield Check("ruff", [*check, "--quiet"], [*check, "--fix", "--quiet"])
    yield Check("ruff format", [*form, "--diff", *code], [*form, *code])


def _bandit():
    """Mistakes that let somebody in, and packages that do."""
    code = [name for name in BANDIT_CODE if (paths.ROOT / name).exists()]
    yield Check(
        "bandit",
        [_program("bandit"), "--quiet", "--configfile=pyproject.toml", "-r", *code],
        reads=[
            *(
                path
                for name in code
                for path in sorted((paths.ROOT / name).rglob("*.py"))
            ),
            paths.ROOT / "pyproject.toml",
        ],
    )
    yield Check("dependencies", [paths.PYTHON, "-m", "devtools.dependencies"])


def _pylint():
    if addons := _addons():
        yield Check(
            "pylint-odoo",
            [
                _program("pylint"),
                "--rcfile=pyproject.toml",
                f"--disable={','.join(PYLINT_DISABLED)}",
                *map(_relative, addons),
            ],
            reads=[path for addon in addons for path in sorted(addon.rglob("*.py"))],
        )


def _oca():
    """Checks of XML, CSV and translation files."""
    if addons := _addons():
        yield Check(
            "oca-checks-odoo-module",
            [
                _program("oca-checks-odoo-module"),
                f"--disable={','.join(OCA_DISABLED)}",
                *map(_relative, addons),
            ],
        )
    translations = sorted(paths.ADDONS.glob("*/i18n/*.po*"))
    if translations:
        command = [_program("oca-checks-po"), "--disable=po-pretty-format"]
        yield Check("oca-checks-po", [*command, *map(_relative, translations)])


def _prettier():
    files = [
        _relative(path)
        for pattern in FORMATTED
        for path in sorted(paths.ADDONS.rglob(pattern))
        if not any(part in f"/{_relative(path)}" for part in NOT_OURS)
    ]
    if not files:
        return
    folder = _node_packages()
    if folder is None:
        yield Check("prettier", ["sh", "-c", "echo 'npm is not installed.'; exit 1"])
        return
    command = [folder / ".bin" / "prettier", "--log-level=warn", "--cache"]
    command += [f"--cache-location={paths.STATE / 'prettier.json'}"]
    yield Check(
        "prettier",
        [*command, "--check", *files],
        [*command, "--write", *files],
        {"NODE_PATH": str(folder)},
    )


def _node_packages():
    """The folder with prettier, installed from the lock file; None without npm."""
    folder = paths.NODE / "node_modules"
    lock = (NODE_PACKAGES / "package-lock.json").read_bytes()
    stamp = paths.NODE / "installed.json"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return folder
    if not shutil.which("npm"):
        return None
    with step("Formatter of XML and JavaScript") as progress:
        paths.NODE.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(NODE_PACKAGES / name, paths.NODE / name)
        run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            what="prettier could not be installed.",
            todo="Check that this machine reaches npm's registry, then try again.",
            log="npm",
            cwd=paths.NODE,
            env={**os.environ, "npm_config_cache": str(paths.downloads() / "npm")},
        )
        stamp.write_bytes(lock)
        progress.result = "installed"
    return folder
