"""Transforms of single values between a vendor's path and an entity field.

A transform is a function ``(value, argument) -> value``. It is never called with
``MISSING`` or ``None``, unless its declaration asks for that. It raises ``ValueError``
where it can't do its work, and nothing else; so does the check of an argument.
"""

import dataclasses
import functools
import re

from .normalize import normalize_domain

#: What a transform takes or gives: a list, or one plain value.
LIST, PLAIN, ANY = "list", "plain", "any"
#: What the look-ups give: nothing can be done with that any more.
RECORD = "record"

_SEPARATOR_WORDS = {"\\n": "\n", "\\t": "\t"}


@dataclasses.dataclass(frozen=True, slots=True)
class Transform:
    """The declaration of a transform.

    :param name: technical name that field maps are exported with
    :param label: what people read, already translated
    :param function: ``(value, argument) -> value``; ``None`` for a look-up
    :param argument: ``none``, ``optional`` or ``required``
    :param help: what the argument means, already translated
    :param check: ``(argument)``, raises ``ValueError`` for one that means nothing
    :param takes: :data:`LIST`, :data:`PLAIN` or :data:`ANY`
    :param gives: the same, or :data:`RECORD`; ``None`` for what it took
    :param inverse: ``(value, argument) -> value`` on the way out of Odoo; ``None``
        where nothing leads back
    :param undoable: ``(argument) -> bool`` where that depends on the argument
    :param plain_back: the inverse gives what the vendor wants as it is, as the text of
        a date
    :param on_null: it is called with ``None``, too
    :param always: it is called with ``MISSING`` and ``None``, too
    :param whole: it gets the whole payload as third argument
    :param group: xml id of the group whose members may use it; all if ``None``
    """

    name: str
    label: str
    function: object = None
    argument: str = "none"
    help: str = ""
    check: object = None
    takes: str = PLAIN
    gives: str | None = PLAIN
    inverse: object = None
    undoable: object = None
    plain_back: bool = False
    on_null: bool = False
    always: bool = False
    whole: bool = False
    group: str | None = None

    @property
    def lookup(self):
        return self.function is None

    def can_undo(self, argument):
        """Whether a value passes it on its way out of Odoo."""
        if self.lookup:
            return True
        if self.inverse is None:
            return False
        try:
            return self.undoable is None or self.undoable(argument)
        except ValueError:
            # Somebody is still typing it.
            return False


def plain_text(value):
    """The text of a plain value.

    :raises ValueError: for a list or an object
    """
    if isinstance(value, dict | list | tuple):
        raise ValueError("a text is needed")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# -- text -------------------------------------------------------------------------


def trim(value, argument):
    return " ".join(plain_text(value).split())


def lower(value, argument):
    return plain_text(value).lower()


def upper(value, argument):
    return plain_text(value).upper()


def title(value, argument):
    """Capital first letters: ``"JEAN-PAUL van dijk"`` → ``"Jean-Paul Van Dijk"``."""
    parts = re.split(r"([\s\-]+)", plain_text(value))
    return "".join(part.capitalize() for part in parts)


def domain(value, argument):
    """The bare domain of a web address or e-mail address."""
    return normalize_domain(plain_text(value))


# -- nothing there ----------------------------------------------------------------


def default(value, argument):
    """``argument`` for what is null, an empty text or an empty list."""
    return argument if value in (None, "", []) else value


def constant(value, argument):
    """``argument``, whatever came in."""
    return argument


# -- lists ------------------------------------------------------------------------


def separator(argument, otherwise):
    r"""The separator that an argument names; ``\n`` and ``\t`` by their letters."""
    return _SEPARATOR_WORDS.get(argument, argument) or otherwise


def first(value, argument):
    """The first element that isn't empty, of a list or a text split at ``argument``."""
    if not isinstance(value, list):
        value = [
            part.strip() for part in plain_text(value).split(separator(argument, ";"))
        ]
    return next((item for item in value if item not in (None, "")), None)


def join(value, argument):
    """The elements of a list as one text, separated by ``argument``; without nulls."""
    if not isinstance(value, list):
        raise ValueError("join needs a list")
    texts = [plain_text(item) for item in value if item is not None]
    return separator(argument, ", ").join(texts)


def split(value, argument):
    """The parts of a text as a list, without blanks around them and empty ones."""
    parts = plain_text(value).split(separator(argument, ";").strip(" ") or " ")
    return [part.strip() for part in parts if part.strip()]


def join_back(value, argument):
    """The way back of :func:`split`."""
    items = list(value) if isinstance(value, list | tuple) else [value]
    return join(items, separator(argument, ";"))


def split_back(value, argument):
    """The way back of :func:`join`."""
    return split(value, separator(argument, ","))


# -- translate --------------------------------------------------------------------


@functools.lru_cache(maxsize=1024)
def parse_pairs(argument):
    """``"paid=Paid; open=Open; *=Other"`` as ``{"paid": "Paid", …}``.

    :raises ValueError: where a part is no pair, or a value is there twice
    """
    pairs = {}
    for part in (argument or "").split(";"):
        if not part.strip():
            continue
        key, equals, value = part.partition("=")
        key = key.strip()
        if not equals or not key or key in pairs:
            raise ValueError(f"{part.strip()!r} is not a pair")
        pairs[key] = value.strip()
    if not pairs:
        raise ValueError("at least one pair is needed")
    return pairs


def translate(value, argument):
    """What a value is paired with; ``*`` stands for all others."""
    if isinstance(value, list):
        return [translate(item, argument) for item in value]
    pairs = parse_pairs(argument)
    found = pairs.get(plain_text(value).strip(), pairs.get("*"))
    if found is None:
        raise ValueError("there is no such pair")
    return found


def translate_back(value, argument):
    if isinstance(value, list | tuple):
        return [translate_back(item, argument) for item in value]
    back = {found: key for key, found in parse_pairs(argument).items()}
    if plain_text(value) not in back:
        raise ValueError("there is no such pair")
    return back[plain_text(value)]


def is_one_to_one(argument):
    """Whether pairs can be read backwards."""
    pairs = parse_pairs(argument)
    return "*" not in pairs and len(set(pairs.values())) == len(pairs)
