"""Form-encoded parameters as Stripe nests them.

``items[0][price]=a&expand[]=b&created[gte]=5`` becomes
``{"items": [{"price": "a"}], "expand": ["b"], "created": {"gte": "5"}}``. Values stay
text; ``""`` unsets. [SDK stripe-python _encode.py: hashes as ``a[b]``, lists as
``a[0]`` or ``a[]``]
"""

import re
from urllib.parse import parse_qsl

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")


class FormError(ValueError):
    """A name that can't be read, or one that is a value and a hash at once.

    ``param`` is the name at fault.
    """

    def __init__(self, message, param):
        super().__init__(message)
        self.param = param


def parse(text):
    """The nested dict of a query string or a body. Raises FormError."""
    tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(tree, _path(name), value, name)
    return {key: _settled(value) for key, value in tree.items()}


def name_of(path):
    """``items[0][price]`` of ``("items", 0, "price")``."""
    first, *rest = (str(part) for part in path)
    return first + "".join(f"[{part}]" for part in rest)


class _Items(list):
    """Values of ``name[]``, which are told apart from a hash of numbers."""


def _path(name):
    match = NAME.fullmatch(name)
    if match is None:
        raise FormError(f"Invalid parameter name: {name}", name)
    return [match[1], *PART.findall(match[2])]


def _put(tree, path, value, name):
    for part, following in zip(path, path[1:], strict=False):
        if part == "":
            raise FormError("Invalid array", name)
        wanted = _Items if following == "" else dict
        tree = tree.setdefault(part, wanted())
        if not isinstance(tree, wanted):
            raise FormError("Invalid hash", name)
    if isinstance(tree, _Items):
        tree.append(value)
    elif isinstance(tree.get(path[-1]), dict | list):
        raise FormError("Invalid hash", name)
    else:
        tree[path[-1]] = value  # of several values of one name the last one holds


def _settled(value):
    """Hashes of numbers become lists, in the order of their numbers."""
    if not isinstance(value, dict):
        return value
    settled = {key: _settled(each) for key, each in value.items()}
    if all(key.isdigit() for key in settled):
        return [settled[key] for key in sorted(settled, key=int)]
    return settled
