"""Whether what a vendor's field holds can fill a field of ours, and the other way.

A vendor's field is of a *kind*, one of :data:`REMOTE_KINDS`; ours is of a type, one of
``values.READERS``. A line's transforms stand in between: each makes another kind of
what comes in, or leaves it as it is.
"""

import dataclasses

from .paths import parse_path

OK, WARNING, ERROR = "ok", "warning", "error"
_RANK = {OK: 0, WARNING: 1, ERROR: 2}

#: What a vendor's field can hold. ``option`` is one of a list, ``options`` several,
#: ``any`` what is not known: nothing is said about it.
REMOTE_KINDS = (
    *("text", "long_text", "email", "phone", "url", "number", "integer", "money"),
    *("boolean", "date", "datetime", "option", "options", "reference", "references"),
    *("list", "object", "any"),
)
#: Kinds of several values, and the kind of each.
ELEMENTS = {"options": "option", "references": "reference", "list": "any"}

#: What a transform makes of what comes in, where the registry doesn't say; see
#: ``connector.field.map.line._produces``. ``element`` is one of several values.
PRODUCES = {
    "trim": "text",
    "lower": "text",
    "upper": "text",
    "join": "text",
    "domain": "text",
    "first": "element",
    "constant": "any",
}
#: Transforms that take several values.
TAKES_LISTS = frozenset({"first", "join", "constant", "default"})

_TEXTS = frozenset({"text", "long_text", "email", "phone", "url", "option"})
_NUMBERS = frozenset({"number", "integer", "money"})
_ANY = frozenset(REMOTE_KINDS)

#: Type of our field -> (kinds that always fit, kinds of which some values may not, and
#: which sentence says so). All other kinds don't fit at all.
FITS = {
    **dict.fromkeys(
        ("char", "phone", "url"),
        (
            _ANY - {"long_text", "object"} - ELEMENTS.keys(),
            {"long_text": "long_text"},
        ),
    ),
    "text": (_ANY - {"object"} - ELEMENTS.keys(), {}),
    "email": (
        {"email"},
        dict.fromkeys({"text", "long_text", "option"}, "not_email"),
    ),
    "boolean": (
        {"boolean"},
        dict.fromkeys(_TEXTS | _NUMBERS, "not_boolean"),
    ),
    "integer": (
        {"integer"},
        {**dict.fromkeys(_TEXTS, "not_number"), "number": "not_whole"}
        | {"money": "not_whole"},
    ),
    "decimal": (_NUMBERS, dict.fromkeys(_TEXTS, "not_number")),
    "money": (_NUMBERS, dict.fromkeys(_TEXTS, "not_number")),
    "date": ({"date", "datetime"}, dict.fromkeys(_TEXTS, "not_date")),
    "datetime": ({"datetime", "date"}, dict.fromkeys(_TEXTS, "not_date")),
    # Names of countries, states and currencies are looked up: what isn't known is
    # said at the record.
    "country": (_TEXTS, {}),
    "state": (_TEXTS, {}),
    "currency": (_TEXTS, {}),
    **dict.fromkeys(
        ("value", "choice"),
        (
            {"option", "reference", "boolean"},
            dict.fromkeys({"text", "number", "integer"}, "not_mapped"),
        ),
    ),
    "values": (
        {"option", "reference", *ELEMENTS},
        dict.fromkeys({"text", "number", "integer"}, "not_mapped"),
    ),
    # What a key is compared with is looked up, whatever it looks like.
    "key": (_ANY - {"object"} - ELEMENTS.keys(), {}),
    "keys": (_ANY - {"object"}, {}),
    # Ids come as texts and as numbers.
    "reference": ({"reference", "text", "number", "integer"}, {}),
    "references": ({"references", "reference", "list"}, {}),
    # What the entity's own code reads.
    "structure": ({"list", "object"}, {}),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said about a line.

    :param severity: ``ok``, ``warning`` or ``error``
    :param code: which sentence, see ``connector.field.map.line._check_sentence``
    :param params: values for the sentence
    """

    severity: str = OK
    code: str | None = None
    params: dict = dataclasses.field(default_factory=dict)


def worst(verdicts):
    """The first of the gravest verdicts."""
    return max(verdicts, key=lambda one: _RANK[one.severity], default=Verdict())


def locate(path, known):
    """The vendor's field that a path of a map points to or into.

    :param known: mapping of the vendor's paths
    :return: ``(known path, rest of the steps)``, or ``(None, ())``
    """
    if path in known:
        return path, ()
    try:
        steps = parse_path(path)
    except ValueError:
        return None, ()
    for end in range(len(steps) - 1, 0, -1):
        if not all(isinstance(step, str) for step in steps[:end]):
            continue
        found = ".".join(steps[:end])
        if found in known:
            return found, steps[end:]
    return None, ()


def kind_at(kind, rest):
    """The kind of what stands at the rest of a path within a field.

    :param kind: one of :data:`REMOTE_KINDS`
    :param rest: steps as :func:`locate` gives them
    """
    for step in rest:
        if step is ...:
            # All of them, as a list.
            return kind if kind in ELEMENTS else "list"
        if isinstance(step, int):
            kind = ELEMENTS.get(kind, "any")
        elif kind in ("object", "any"):
            kind = "any"
        else:
            return "any"
    return kind


def after_chain(kind, chain, produces):
    """The kind that comes out of a line's transforms.

    :param chain: list of ``(name, argument)``
    :param produces: ``function(name) -> kind``, ``element``, ``same`` or ``any``
    :return: ``(kind, Verdict)``
    """
    for name, _argument in chain:
        made = produces(name)
        if kind in ELEMENTS and name not in TAKES_LISTS and made != "any":
            return kind, Verdict(ERROR, "list_into_one", {"transform": name})
        if name == "join" and kind not in ELEMENTS and kind != "any":
            return kind, Verdict(ERROR, "not_a_list", {"transform": name})
        if made == "element":
            # The first part of a text is a text.
            kind = ELEMENTS.get(kind, "any" if kind == "any" else "text")
        elif made != "same":
            kind = made if made in REMOTE_KINDS else "any"
    return kind, Verdict()


def into(kind, ours):
    """Whether values of a kind can fill a field of ours.

    :param ours: type of our field, one of ``values.READERS``
    :return: :class:`Verdict`
    """
    if kind == "any" or ours not in FITS:
        return Verdict()
    always, sometimes = FITS[ours]
    if kind in always:
        return Verdict()
    if kind in sometimes:
        return Verdict(WARNING, sometimes[kind])
    if kind in ELEMENTS:
        return Verdict(ERROR, "list_into_one")
    return Verdict(ERROR, "does_not_fit")


#: Type of our field -> kinds that take all of its values; ``any`` always does.
_OUT = {
    "boolean": {"boolean", "text", "long_text", "option"},
    "integer": {"integer", "number", "money", "text", "long_text", "reference"},
    "decimal": {"number", "money", "text", "long_text"},
    "money": {"number", "money", "text", "long_text"},
    "date": {"date", "datetime", "text", "long_text"},
    "datetime": {"datetime", "date", "text", "long_text"},
    "value": {"option", "reference", "text", "number", "integer", "boolean"},
    "reference": {"reference", "references", "text", "number", "integer"},
    "references": {"references", "list"},
    "text": {"long_text", "text"},
    "email": {"email", "text", "long_text"},
}
_OUT_TEXT = {"text", "long_text", "url", "phone"}


def out_of(ours, kind):
    """Whether a vendor's field takes the values of a field of ours.

    :return: :class:`Verdict`
    """
    if kind == "any" or kind in _OUT.get(ours, _OUT_TEXT):
        return Verdict()
    if kind == "object" or kind in ELEMENTS:
        return Verdict(ERROR, "out_does_not_fit")
    return Verdict(WARNING, "out_may_not_fit")
