"""Chargebee's form encoding of nested values.

``{"billing_address": {"city": "Bonn"}, "subscription_items": [{"quantity": 2}]}`` goes
out as ``billing_address[city]=Bonn&subscription_items[quantity][0]=2``: the place of an
element comes last. [SDK] ``util.serialize``. What is kept of an account's own is one
JSON object.
"""

import json

#: Parameters that are JSON in one piece. [SDK] jsonKeys of each operation
WHOLE = frozenset({"meta_data", "metadata"})


def encode(params):
    """The fields of a form, in order.

    :param params: dict of JSON values; ``None`` empties
    :return: list of ``(name, text)``
    """
    return [pair for name, value in params.items() for pair in _pairs(name, value)]


def _pairs(name, value):
    if name in WHOLE:
        yield name, json.dumps(value)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield f"{name}[{key}]", _text(each)
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            if isinstance(each, dict):
                for key, part in each.items():
                    yield f"{name}[{key}][{at}]", _text(part)
            else:
                yield f"{name}[{at}]", _text(each)
    else:
        yield name, _text(value)


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
