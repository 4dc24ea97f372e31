"""Configuration as a small tree of files, packed into a ZIP or lying in a folder.

Made to be looked at in git: JSON with an attribute a line, keyed by technical names, no
id of a database. Equal configuration is equal files, byte by byte; only the manifest
tells who made them and when::

    manifest.json
    rules/teams.json
    connections/hubspot-europe/connection.json
    connections/hubspot-europe/flows/companies.json
    connections/hubspot-europe/maps/companies.json
    connections/hubspot-europe/values/owner.json

A file is of a model and has one record (``values``) or several (``records``). Maps are
as ``map_file`` says. Nothing is ever unpacked onto a disk.
"""

import hashlib
import io
import re
import zipfile
import zlib

from . import json_text, map_file

#: Version of the files' shape. Another one is refused.
FORMAT = 1
MANIFEST = "manifest.json"
#: Folder of a connection's files, before its own.
CONNECTIONS = "connections"
#: Most that is read: the ZIP, one file of it, all of them, and their number.
MOST_PACKED = 10 * 1024 * 1024
MOST_FILE = 2 * 1024 * 1024
MOST_BYTES = 50 * 1024 * 1024
MOST_FILES = 5000
#: When all files of a ZIP were made: the earliest that the format can say.
MOMENT = (1980, 1, 1, 0, 0, 0)

_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}"
_PATH = re.compile(rf"(?:{_PART}/){{0,4}}{_PART}\.json", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)


def slug(text, taken=()):
    """A name for files and folders, unlike those that are taken."""
    base = _UNSAFE.sub("-", text).strip("-").lower()[:80] or "unnamed"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def name_of(text):
    """A name for the file of what is called so: the same always, and only its own."""
    if re.fullmatch(_PART, text, re.ASCII):
        return text
    return f"{slug(text)}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def is_path(path):
    """Whether a file of a configuration can be called so."""
    return bool(_PATH.fullmatch(path))


def dump(document):
    """A document as the bytes of its file."""
    return map_file.dump(document).encode()


def load(content):
    """The document of a file.

    :param content: bytes
    :raises ValueError: where it is no JSON object of our format
    """
    document = json_text.loads(content)
    if not isinstance(document, dict):
        raise ValueError("it is no JSON object")
    if document.get("format") != FORMAT:
        raise ValueError(
            f"it is of format {document.get('format')!r}, only {FORMAT} is known here"
        )
    return document


def digest(tree):
    """A name of what is configured, whoever exported it and when.

    :param tree: ``{path: bytes}``
    :return: SHA-256 in hex
    """
    known = hashlib.sha256()
    for path in sorted(tree.keys() - {MANIFEST}):
        known.update(f"{path}\n{len(tree[path])}\n".encode())
        known.update(tree[path])
    return known.hexdigest()


def pack(tree):
    """A tree as a ZIP, the same for the same tree.

    :param tree: ``{path: bytes}``
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for path in sorted(tree):
            info = zipfile.ZipInfo(path, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            file.writestr(info, tree[path])
    return target.getvalue()


def unpack(content):
    """The tree of a ZIP; whatever it says about itself is not believed.

    :param content: bytes
    :return: ``{path: bytes}``
    :raises ValueError: where it is none, too large, or has files of other names
    """
    if len(content) > MOST_PACKED:
        raise ValueError("it is too large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return _read(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ValueError(f"it is no ZIP file ({error})") from error
    except (RuntimeError, UnicodeError, OSError, OverflowError) as error:
        # Encrypted, names in no known spelling, places outside of the file.
        raise ValueError("it can't be read") from error


def _read(file):
    tree, left = {}, MOST_BYTES
    entries = [entry for entry in file.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise ValueError("it has too many files")
    for entry in entries:
        path = entry.filename
        if not is_path(path):
            raise ValueError(f"no configuration has a file named {path[:100]!r}")
        if path in tree:
            raise ValueError(f"it has {path} twice")
        most = min(MOST_FILE, left)
        with file.open(entry) as opened:
            tree[path] = opened.read(most + 1)
        if len(tree[path]) > most:
            raise ValueError(f"{path} is too large")
        left -= len(tree[path])
    return tree
