"""What records of two systems are compared by, in one form whatever people typed.

Plain functions and values; which records are compared is the entity's part.
"""

import dataclasses
import difflib
import functools
import re
import unicodedata

from .normalize import FREE_MAIL, fold

#: Words at the end of a company's name that say its legal form, folded and without
#: dots. Sources: https://en.wikipedia.org/wiki/List_of_legal_entity_types_by_country
LEGAL_FORMS = frozenset(
    "gmbh mbh ag kg kgaa ohg gbr ug ev eg eu se inc incorporated corp corporation co"
    " company llc llp lp ltd limited plc pte pty pvt sa sas sarl sasu eurl sci snc spa"
    " srl srls sl slu sau sc sca scrl bv nv vof cv ab oy oyj as asa aps ivs hf ehf ou"
    " uab sia zrt kft nyrt bt doo dd ad ood eood sro ltda cia eireli me"
    " zoo sp spzoo kk gk bhd sdn tbk".split()
)
#: The same where they stand before the name.
LEGAL_FORMS_BEFORE = frozenset("the pt ooo oao zao".split())
_LEGAL_CJK = re.compile("株式会社|有限会社|合同会社|有限公司|股份有限公司|주식회사")
#: Words before or after a person's name that are no part of it.
TITLES = frozenset(
    "mr mrs ms miss dr prof professor herr frau dipl ing mag mme mlle sir jr sr"
    " phd md mba".split()
)
#: Mail boxes that several people read: the address alone says not who it is.
SHARED_BOXES = frozenset(
    "info office contact kontakt hello hallo mail email sales vertrieb verkauf support"
    " service admin administration accounting accounts buchhaltung invoice invoices"
    " rechnung rechnungen billing ap team hr jobs marketing press presse einkauf"
    " purchasing orders order bestellung post postmaster webmaster noreply no-reply"
    " reception empfang contacto ventas comercial facturacion commercial compta"
    " comptabilite accueil secretariat amministrazione vendite".split()
)
#: Countries whose tax numbers may have their code before them; Greece's is EL.
#: https://ec.europa.eu/taxation_customs/vies/ , https://www.uid.admin.ch
TAX_PREFIXES = frozenset(
    "AT BE BG CY CZ DE DK EE EL ES FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL PT RO"
    " SE SI SK XI CH".split()
)
_TAX_COUNTRY = {"EL": "GR", "XI": "GB"}
_TAX_TAIL = re.compile("(MWST|TVA|IVA|MVA)$")
#: Letters that cars and letters once carried before a postal code.
_ZIP_PREFIX = {"DE": "D", "AT": "A", "FR": "F", "IT": "I", "BE": "B"}
_NOT_ALNUM = re.compile(r"[^A-Z0-9]")
_UMLAUT = re.compile("([aou])e")
_WORDS = re.compile(r"[\W_]+")
_ADDRESS = re.compile(
    r"[^\s,;<>\"'()\[\]:]+@[^\s,;<>\"'()\[\]:]+\.[^\s,;<>\"'()\[\]:]+"
)
#: A shorter tax number is a remark ("/", "n/a").
SHORTEST_TAX_NUMBER = 5

#: Letters with marks, and the letters that PostgreSQL puts in their place, so that an
#: index can be made of it without the extension unaccent.
_MARKED = [
    (char, plain)
    for char in map(chr, range(0xC0, 0x250))
    if char == char.lower()
    and len(plain := fold(char)) == 1
    and plain != char
    and plain.isascii()
]
MARKED_LETTERS = "".join(char for char, _plain in _MARKED)
PLAIN_LETTERS = "".join(plain for _char, plain in _MARKED)


@dataclasses.dataclass(frozen=True, slots=True)
class Method:
    """A way in which an entity's records are found.

    :param name: ``x``, where the entity has ``_match_keys_x`` and ``_match_find_x``
    :param label: what is the same, as ``tax ID``
    :param certain: one record that it finds is the one; otherwise a person is asked
    :param active: used from the start
    :param threshold: how much alike the names must be at least, in percent, see
        ``connector.match.rule``
    :param weight: how sure a find is, in percent
    :param exact: equal keys mean a find; otherwise likeness does
    """

    name: str
    label: str
    certain: bool = True
    active: bool = True
    threshold: int = 0
    weight: int = 90
    exact: bool = True


@dataclasses.dataclass(slots=True)
class Candidate:
    """An Odoo record that a remote one may be.

    :param score: 0 to 99, how likely it is
    :param reasons: texts, as ``same e-mail address``
    :param certain: names of the rules that find it for certain
    """

    res_id: int
    score: int
    reasons: list
    certain: set = dataclasses.field(default_factory=set)


def words(text):
    """Folded words of a text, without signs."""
    return [word for word in _WORDS.split(fold(text)) if word]


@functools.lru_cache(maxsize=20_000)
def company_key(name):
    """A company's name without legal form, case, accents and signs.

    >>> company_key("Müller & Söhne G.m.b.H. & Co. KG")
    'muller sohne'
    """
    found = words(_LEGAL_CJK.sub(" ", name))
    kept = list(found)
    while len(kept) > 1 and kept[-1] in LEGAL_FORMS:
        kept.pop()
    while len(kept) > 1 and kept[0] in LEGAL_FORMS_BEFORE:
        kept.pop(0)
    return _umlauts(" ".join(kept))


def similarity(one, other):
    """How many trigrams two keys share, 0.0 to 1.0, as pg_trgm's ``similarity``."""
    left, right = trigrams(one), trigrams(other)
    return len(left & right) / len(left | right) if left and right else 0.0


def _umlauts(key):
    """ "mueller" is "muller", which "Müller" is as well."""
    return _UMLAUT.sub(r"\1", key)


@functools.lru_cache(maxsize=20_000)
def person_key(name):
    """A person's name without titles, in alphabetical order of its words.

    >>> person_key("Dr. Doe, Jane")
    'doe jane'
    """
    found = words(name)
    kept = [word for word in found if word not in TITLES] or found
    return " ".join(sorted(map(_umlauts, kept)))


def likeness(one, other):
    """How much alike two keys of names are: 0.0 to 1.0.

    Numbers in a name tell two things apart, however alike the rest is.
    """
    if one == other:
        return 1.0
    if not one or not other or _numbers(one) != _numbers(other):
        return 0.0
    ratio = difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
    return max(ratio, _by_initials(one.split(), other.split()))


def _numbers(key):
    return sorted(word for word in key.split() if word.isdigit())


def _by_initials(one, other):
    """0.9 where the names differ in that first names are only initials."""
    if len(one) != len(other) or len(one) < 2:
        return 0.0
    left, right = list(one), list(other)
    for word in one:
        if word in right:
            left.remove(word)
            right.remove(word)
    if len(left) == len(one) or not all(
        (len(a) == 1 or len(b) == 1) and a[0] == b[0]
        for a, b in zip(sorted(left), sorted(right), strict=True)
    ):
        return 0.0
    return 0.9


def trigrams(key):
    """The trigrams of a key, as pg_trgm counts them.

    https://www.postgresql.org/docs/current/pgtrgm.html#PGTRGM-CONCEPTS
    """
    return {
        padded[start : start + 3]
        for word in key.split()
        for padded in (f"  {word} ",)
        for start in range(len(padded) - 2)
    }


def addresses(*texts):
    """Set of all e-mail addresses in texts, in lower case."""
    return {
        found.lower().strip(".")
        for text in texts
        if text
        for found in _ADDRESS.findall(text)
    }


def is_shared_box(address):
    """Whether several people read what is sent to an address."""
    return address.partition("@")[0] in SHARED_BOXES


def mail_domain(address):
    """The domain of an address that says whose it is; ``None`` of free mail."""
    domain = address.rpartition("@")[2]
    return domain if domain and domain not in FREE_MAIL else None


def same_domain(one, other):
    """Whether two sets of domains have one in common, or a part of one."""
    return any(
        a == b or a.endswith(f".{b}") or b.endswith(f".{a}") for a in one for b in other
    )


def tax_number(text, country=None):
    """``(number, country code or None)`` of a tax ID as people type it, or ``None``.

    >>> tax_number("de 123.456.789"), tax_number("123456789", "DE")
    (('123456789', 'DE'), ('123456789', 'DE'))
    """
    number = _NOT_ALNUM.sub("", _plain(text).upper())
    prefix = number[:2]
    if prefix in TAX_PREFIXES or (country and prefix == country):
        number, country = number[2:], _TAX_COUNTRY.get(prefix, prefix)
    if country == "CH":
        number = number.removeprefix("E")
    number = _TAX_TAIL.sub("", number)
    if len(number) < SHORTEST_TAX_NUMBER or not any(map(str.isdigit, number)):
        return None
    return number, country


def tax_spellings(number, country):
    """How a tax number may stand in Odoo, blanks and signs apart."""
    prefixes = {"", country or ""}
    prefixes |= {code for code, means in _TAX_COUNTRY.items() if means == country}
    found = {f"{prefix}{number}" for prefix in prefixes}
    if country in ("CH", "NO"):
        tails = ("MWST", "TVA", "IVA") if country == "CH" else ("MVA",)
        found |= {f"{country}E{number}", f"E{number}"} if country == "CH" else set()
        found |= {f"{spelled}{tail}" for spelled in set(found) for tail in tails}
    return found


def zip_key(text, country=None):
    """A postal code without blanks, signs and a country before it."""
    text = _plain(text).upper().strip()
    head, sign, rest = text.partition("-")
    if sign and head in (country, _ZIP_PREFIX.get(country), "CH", "D", "A", "F"):
        text = rest
    key = _NOT_ALNUM.sub("", text)
    return key[:5] if country == "US" else key


def zip_spellings(key, country):
    """How a postal code may stand in Odoo, blanks and signs apart."""
    letters = {"", country or "", _ZIP_PREFIX.get(country, "")}
    return {f"{letter}{key}" for letter in letters}


def _plain(text):
    return unicodedata.normalize("NFKC", text)


def combined(weights):
    """Several findings make each other surer: 0 to 99."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1 - weight / 100
    return min(99, round(100 * (1 - doubt)))
