"""Stripe's form encoding of nested values.

``{"items": [{"price": "p"}], "metadata": {"k": "v"}}`` goes out as
``items[0][price]=p&metadata[k]=v``. An empty text empties a value. [S] OpenAPI,
``style: deepObject``; https://docs.stripe.com/api
"""


def encode(params):
    """The fields of a form, in order.

    :param params: dict of JSON values; ``None`` empties
    :return: list of ``(name, text)``
    """
    return [pair for name, value in params.items() for pair in _pairs(name, value)]


def _pairs(name, value):
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _pairs(f"{name}[{key}]", each)
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _pairs(f"{name}[{number}]", each)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    else:
        yield name, "" if value is None else str(value)


def quoted(text):
    """A text within a search. [S] https://docs.stripe.com/search: a backslash escapes

    >>> quoted("O'Hara")
    "'O\\\\'Hara'"
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def query(params=(), expand=(), prefix=""):
    """The query of a request.

    :param params: pairs of name and value; those of ``None`` are left out
    :param expand: what is to come in full
    :param prefix: of what is expanded, ``data.`` in a list
    """
    pairs = [(name, str(value)) for name, value in params if value is not None]
    return pairs + [("expand[]", f"{prefix}{name}") for name in expand]
