"""./dev lint's look at what the project depends on; needs no network.

What it can't know is an advisory of last night: for that there are ``pip-audit -r
requirements.txt`` and the mails of whoever hosts the code, both of which ask a service.
"""

import ast
import importlib.metadata
import re
import sys

from . import paths

#: Lowest version without an error that would let somebody in, as ``(package, version,
#: advisory)``. [M] the advisories at https://osv.dev; a version that was yanked or has
#: a newer advisory is added here when it is known.
FLOORS = (
    ("aiohttp", "3.12.14", "CVE-2025-53643"),
    ("certifi", "2024.7.4", "CVE-2024-39689"),
    ("cryptography", "44.0.1", "CVE-2024-12797"),
    ("idna", "3.7", "CVE-2024-3651"),
    ("jinja2", "3.1.6", "CVE-2025-27516"),
    ("lxml", "4.9.1", "CVE-2022-2309"),
    ("lxml_html_clean", "0.4.0", "CVE-2024-52595"),
    ("pillow", "11.3.0", "CVE-2025-48379"),
    ("pypdf", "6.0.0", "CVE-2025-55197"),
    ("pyyaml", "5.4", "CVE-2020-14343"),
    ("reportlab", "3.6.13", "CVE-2023-33733"),
    ("requests", "2.32.4", "CVE-2024-47081"),
    ("urllib3", "2.5.0", "CVE-2025-50181"),
    ("werkzeug", "3.0.6", "CVE-2024-49767"),
)
#: Licences that nothing may have that an addon of the suite imports. What Odoo itself
#: needs is Odoo's to answer for, and a tool of the tests is no part of the suite.
REFUSED_LICENCES = re.compile(
    r"(?i)affero|\bagpl|proprietary|commons clause|\bsspl|business source|\bbusl"
    r"|non-?commercial"
)
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[0-9A-Za-z.+!-]+)")


def main():
    found = list(problems(requirements()))
    print("\n".join(found))
    return 1 if found else 0


def requirements():
    """``{file: lines}`` of all requirements files, without comments."""
    return {
        path.name: [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        ]
        for path in sorted(paths.ROOT.glob("requirements*.txt"))
    }


def imported():
    """Packages that the suite's own addons ask for."""
    found = set()
    for path in paths.ADDONS.glob("*/__manifest__.py"):
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        found |= set((manifest.get("external_dependencies") or {}).get("python", ()))
    return found


def problems(files, licence_of=None, ours=None):
    """What is wrong with the requirements, as sentences.

    :param files: ``{file: lines}``
    :param licence_of: ``(package) -> text``; that of what is installed unless given
    :param ours: packages whose licence matters; those of the addons unless given
    """
    ours = imported() if ours is None else ours
    pinned = set()
    floors = {name: (version, why) for name, version, why in FLOORS}
    licence_of = licence_of or installed_licence
    for file, lines in files.items():
        for line in lines:
            pin = _PIN.fullmatch(line.strip())
            if not pin:
                yield f"{file}: {line!r} is not one version of one package"
                continue
            name = _name(pin["name"])
            pinned.add(name)
            floor, why = floors.get(name, (None, None))
            if floor and _version(pin["version"]) < _version(floor):
                yield f"{file}: {line} is older than {floor}, see {why}"
    for name in sorted(ours):
        if len(files) > 1 and _name(name) not in pinned:
            yield f"an addon needs {name}, and no requirements file names it"
        licence = licence_of(name)
        if REFUSED_LICENCES.search(licence):
            yield f"an addon needs {name}, whose licence is {licence}"


def installed_licence(name):
    """What an installed package says of its licence; nothing where it isn't there."""
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    classifiers = about.get_all("Classifier") or []
    named = [each for each in classifiers if each.startswith("License ::")]
    # A whole text in place of a name tells of other licences, too.
    first = (about.get("License") or "").strip().partition("\n")[0]
    return "; ".join(filter(None, [about.get("License-Expression"), first, *named]))


def _name(text):
    return text.lower().replace("-", "_")


def _version(text):
    return tuple(int(part) for part in re.findall(r"\d+", text))


if __name__ == "__main__":
    sys.exit(main())
