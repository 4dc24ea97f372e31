"""What a prepared database depends on, as a short name for it."""

import ast
import hashlib
import re

from . import paths
from .errors import DevError

# Below an addon: what does not end up in a database.
IGNORED_FOLDERS = {"__pycache__", "tests", "readme", "i18n", "node_modules"}
# Browser code is read from its files when it is served; icons and data are not.
IGNORED_STATIC = {"src", "tests", "lib"}
# The foreign addons that tests are run with.
OCA = paths.ROOT / "requirements-oca.txt"
# What is installed while the project has no addons yet.
PLACEHOLDER = ["crm"]


def manifests(folder=paths.ADDONS):
    """The manifests of the project's installable addons, by name."""
    found = {}
    for path in sorted(folder.glob("*/__manifest__.py")):
        try:
            manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError, OSError) as error:
            raise DevError(
                f"The manifest of {path.parent.name} can't be read.",
                str(error),
                f"Correct {path}",
            ) from error
        if manifest.get("installable", True):
            found[path.parent.name] = manifest
    return found


def foreign(requirements=OCA):
    """The names of the addons that come from the package index, for tests only."""
    found = re.findall(r"(?m)^odoo-addon-([\w-]+)==", requirements.read_text("utf-8"))
    return {name.replace("-", "_") for name in found}


def bridges(folder=paths.ADDONS):
    """The project's addons that need a foreign one: most databases don't have them.

    Their tests make themselves a database that has both.
    """
    wanted = foreign()
    return sorted(
        name
        for name, manifest in manifests(folder).items()
        if wanted.intersection(manifest.get("depends", []))
    )


def addons(folder=paths.ADDONS):
    """The names of the addons to install."""
    return sorted(set(manifests(folder)).difference(bridges(folder))) or PLACEHOLDER


def foundations(folder=paths.ADDONS):
    """What the addons to install depend on that isn't the project's own."""
    own = manifests(folder)
    wanted = {
        depended
        for name in set(own).difference(bridges(folder))
        for depended in own[name].get("depends", [])
    }
    return sorted(wanted - set(own)) or PLACEHOLDER


def of_foundations(odoo_build, requirements, modules):
    """The name of a database with these modules of this Odoo."""
    return _short([odoo_build, requirements, *modules])


def of_addons(foundation, folder=paths.ADDONS):
    """The name of a database with the project's addons as they are now."""
    return _short([foundation, *_contents(folder)])


def _short(parts):
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(data)}:".encode())  # so that "a", "bc" is not "ab", "c"
        digest.update(data)
    return digest.hexdigest()[:12]


def _contents(folder):
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if not path.is_file() or IGNORED_FOLDERS & set(parts):
            continue
        if "static" in parts and IGNORED_STATIC & set(parts):
            continue
        if path.suffix not in (".pyc", ".po", ".pot", ".md", ".rst", ".swp"):
            yield "/".join(parts)
            yield path.read_bytes()
