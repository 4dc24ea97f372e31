"""Field maps as files: readable JSON that is keyed by technical names.

No id of a database is in them, and equal maps are equal files, so that a difference of
two files is a difference of two maps::

    {
      "format": 1,
      "provider": "hubspot",
      "stream": "companies",
      "entity": "customer.company",
      "lines": [
        {
          "remote_path": "properties.domain",
          "target": "domain",
          "direction": "pull",
          "transforms": [["lower"]],
          "owner": "remote",
          "required": false,
          "default": null,
          "pii": null
        }
      ]
    }

A line that doesn't name an attribute has the one of :data:`DEFAULTS`. Whether it is
personal data (``pii``) is as its target says, unless the line says otherwise. An
``optional`` line is left out until the vendor has its field; it is only written where
it is.
"""

import json

from .hashing import content_hash
from .records import MapLine

#: Version of the file's shape. Another one is refused.
FORMAT = 1
#: What a line has where its file says nothing.
DEFAULTS = {
    "direction": "both",
    "transforms": [],
    "owner": "remote",
    "required": False,
    "default": None,
    "pii": None,
    "optional": False,
}
#: Attributes of a line, in the order in which they are written.
ATTRIBUTES = ("remote_path", "target", *DEFAULTS)


def read_transforms(chain):
    """A chain of transforms as files have it.

    :param chain: of ``(name, argument)`` or ``(name,)``
    :return: list of ``[name]`` or ``[name, argument]``
    """
    return [[name, *filter(None, argument)] for name, *argument in chain]


def dump(document):
    """A document as text: an attribute a line, in the order given."""
    lines = [
        {k: v for k, v in line.items() if k != "optional" or v}
        for line in document.get("lines", ())
    ]
    if lines:
        document = {**document, "lines": lines}
    return _render(document) + "\n"


def _render(value, indent=""):
    inner = indent + "  "
    if value and isinstance(value, dict):
        rows = [f"{json.dumps(k)}: {_render(v, inner)}" for k, v in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        rows = [_render(item, inner) for item in value]
        opening, closing = "[", "]"
    else:
        return json.dumps(value, ensure_ascii=False)
    body = ",\n".join(inner + row for row in rows)
    return f"{opening}\n{body}\n{indent}{closing}"


def line_attributes(line):
    """The attributes of a :class:`MapLine`, see :data:`ATTRIBUTES`."""
    return {
        name: read_transforms(line.transforms)
        if name == "transforms"
        else getattr(line, name)
        for name in ATTRIBUTES
    }


def lines_hash(lines):
    """A name of what a map says: the same for the same lines in the same order.

    An attribute that is as if nobody had said it doesn't count, so that a new one
    changes no hash of old.

    :param lines: list of attributes
    """
    said = [
        {k: v for k, v in line.items() if k not in DEFAULTS or v != DEFAULTS[k]}
        for line in lines
    ]
    return content_hash(said)


def shipped_lines(path):
    """The lines of a map that ships with a provider.

    :param path: ``pathlib.Path`` of its file
    :return: tuple of ``MapLine``
    :raises ValueError: where the file is of another format or names what no line has
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("format") != FORMAT:
        raise ValueError(f"{path.name}: not of format {FORMAT}")
    lines = []
    for number, line in enumerate(document["lines"], start=1):
        if unknown := line.keys() - set(ATTRIBUTES):
            raise ValueError(f"{path.name}, line {number}: {sorted(unknown)}")
        attributes = DEFAULTS | line
        attributes["transforms"] = tuple(map(tuple, attributes["transforms"]))
        lines.append(MapLine(**attributes))
    return tuple(lines)
