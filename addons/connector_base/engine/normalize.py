"""Normal forms of what people type into contact records."""

import functools
import html
import re
import unicodedata

import babel
import phonenumbers

_EMAIL = re.compile(
    # An address begins where something ends that can't be a part of it.
    r"(?<![^\s<\"(:;\[])'?(?P<address>[^@\s<>\"',;:()\[\].][^@\s<>\",;:()\[\]]*"
    r"@(\w[\w-]*\.)+\w[\w-]*)"
)
_DOMAIN = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^@/]*@)?(?P<host>[^/:?#\s]+)", re.IGNORECASE
)
#: Domains that anybody can have an address at: they never say which company.
FREE_MAIL = frozenset(
    "gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de ymail.com"
    " hotmail.com hotmail.fr hotmail.de outlook.com live.com msn.com aol.com icloud.com"
    " me.com mac.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de orange.fr"
    " wanadoo.fr free.fr laposte.net libero.it proton.me protonmail.com mail.ru"
    " yandex.ru qq.com 163.com 126.com naver.com rediffmail.com uol.com.br"
    " bol.com.br".split()
)
#: Locales whose country names people mix in one CRM: CLDR has them all by babel.
_COUNTRY_LOCALES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ja", "zh")
#: What CLDR calls a territory although it is no country to Odoo: a part of one, or
#: none at all (areas, placeholders).
_PART_OF = {
    **{"AC": "SH", "CP": "FR", "CQ": "GG", "DG": "IO"},
    **{"EA": "ES", "IC": "ES", "TA": "SH"},
    **dict.fromkeys(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")),
}
#: What people write although CLDR has it in other words, or not at all.
_COUNTRY_ALIASES = {
    "US": ("usa", "us of a", "united states of america", "america"),
    "UM": ("usa minor outlying islands",),
    "GB": ("uk", "great britain", "britain", "england", "scotland", "wales")
    + ("northern ireland",),
    "NL": ("holland",),
    "HM": ("heard island and mcdonald islands",),
    "CZ": ("czech republic",),
    "TR": ("turkey",),
    "RU": ("russian federation",),
    "KR": ("korea", "republic of korea", "korea republic of"),
    "KP": ("democratic people's republic of korea",),
    "CN": ("people's republic of china", "pr china", "prc"),
    "HK": ("hong kong",),
    "MO": ("macau", "macao"),
    "VN": ("viet nam",),
    "MM": ("myanmar", "burma"),
    "LA": ("lao people's democratic republic",),
    "AE": ("uae",),
    "IR": ("islamic republic of iran", "iran islamic republic of"),
    "SY": ("syrian arab republic",),
    "PS": ("palestine", "state of palestine"),
    "BR": ("brasil",),
    "CD": ("congo (drc)", "democratic republic of the congo"),
    "CG": ("congo (republic)", "republic of the congo"),
    "CI": ("ivory coast",),
    "CV": ("cabo verde",),
    "SZ": ("swaziland",),
    "TZ": ("united republic of tanzania",),
    "MK": ("macedonia",),
    "MD": ("republic of moldova",),
    "TL": ("east timor",),
    "VA": ("holy see", "holy see (vatican city state)", "vatican"),
    "VG": ("virgin islands (british)",),
    "VI": ("virgin islands (usa)",),
    "BQ": ("bonaire, sint eustatius and saba",),
    "MF": ("saint martin (french part)",),
    "SX": ("sint maarten (dutch part)",),
    "SH": ("saint helena, ascension and tristan da cunha",),
}


#: What PostgreSQL can't store: NUL, and halves of characters beyond U+FFFF, as texts
#: have them that were cut in the middle of an emoji.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text):
    """Text without the characters that PostgreSQL can't store."""
    return _NOT_STORABLE.sub("", text)


def fold(text):
    """Text for comparing: no case, no accents, no dots, single blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(text.casefold().replace(".", "").split())


def normalize_email(text):
    """``" Jane.Doe@Example.COM "`` → ``"jane.doe@example.com"``; ``None`` if none.

    One address only; a display name around it is dropped.
    """
    match = _EMAIL.search(text) if text.count("@") == 1 else None
    return match["address"].lower() if match else None


def _parse_phone(text, country):
    """``phonenumbers.PhoneNumber`` of a possible number, or ``None``."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def normalize_phone(text, country=None):
    """A phone number in E.164 (``"+493012345"``), or ``None`` if it can't be one.

    Numbers are parsed and checked by Google's libphonenumber (``phonenumbers``).

    :param country: ISO 3166 alpha-2 code for numbers without country prefix
    """
    number = _parse_phone(text, country)
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(text, country=None):
    """A phone number in international form (``"+49 30 12345"``), or ``None``."""
    return read_phone(text, country)[0]


def read_phone(text, country=None):
    """A phone number in international form, and in E.164 if it is one in use.

    :return: ``("+49 30 12345", "+493012345")``; ``None`` for what it can't be
    """
    number = _parse_phone(text, country)
    if number is None:
        return None, None
    shown = phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    if number.extension or not phonenumbers.is_valid_number(number):
        return shown, None
    return shown, "+" + "".join(char for char in shown if char.isdigit())


def normalize_domain(text):
    """``"https://www.Example.com/x"`` → ``"example.com"``; ``None`` if none."""
    match = _DOMAIN.match(text.strip())
    if not match:
        return None
    host = match["host"].lower().rstrip(".").removeprefix("www.")
    labels = host.split(".")
    return host if len(labels) > 1 and all(labels) else None


def _country_key(text):
    """A country's name without the ways in which its spellings differ."""
    text = fold(text).replace("’", "'").replace("&", " and ").replace("-", " ")
    words = [word for word in text.split() if word != "the"]
    return " ".join("st" if word == "saint" else word for word in words)


def text_to_html(text):
    """Plain text as a paragraph of HTML, in the form that Odoo's sanitizer keeps."""
    escaped = html.escape(text.strip(), quote=False).replace("\u00a0", "&nbsp;")
    return f"<p>{escaped.replace(chr(13), '').replace(chr(10), '<br>')}</p>"


@functools.cache
def _country_codes():
    codes = {}
    for name in _COUNTRY_LOCALES:
        for code, label in babel.Locale.parse(name).territories.items():
            code = _PART_OF.get(code, code)
            if code and len(code) == 2 and code.isalpha():
                codes.setdefault(_country_key(label), code)
                codes.setdefault(code.lower(), code)
    for alias, found in babel.core.get_global("territory_aliases").items():
        if len(alias) == 3 and len(found) == 1 and found[0].lower() in codes:
            codes.setdefault(alias.lower(), found[0])
    for code, names in _COUNTRY_ALIASES.items():
        codes.update(dict.fromkeys(map(_country_key, names), code))
    return codes


def country_code(text):
    """ISO 3166 alpha-2 code of a country as people write it, or ``None``.

    Takes codes of two and three letters, and names in the languages of
    ``_COUNTRY_LOCALES`` (CLDR by babel).
    """
    return _country_codes().get(_country_key(text))
