"""Normal forms of what people type into contact records."""

import functools
import re
import unicodedata

import babel
import phonenumbers

_EMAIL = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;.]+(\.[^@\s<>\"',;.]+)+")
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
#: What people write although no standard has it.
_COUNTRY_ALIASES = {
    "usa": "US",
    "us of a": "US",
    "united states of america": "US",
    "america": "US",
    "uk": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "korea": "KR",
    "republic of korea": "KR",
    "czech republic": "CZ",
    "uae": "AE",
    "brasil": "BR",
    "russian federation": "RU",
    "viet nam": "VN",
}


def fold(text):
    """Text for comparing: no case, no accents, no dots, single blanks."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(text.casefold().replace(".", "").split())


def normalize_email(text):
    """``" Jane.Doe@Example.COM "`` → ``"jane.doe@example.com"``; ``None`` if none.

    One address only; a display name around it is dropped.
    """
    match = _EMAIL.search(text)
    if not match or text.count("@") != 1:
        return None
    return match[0].strip(".").lower()


def normalize_phone(text, country=None):
    """A phone number in E.164 (``"+493012345"``), or ``None`` if it can't be one.

    Numbers are parsed and checked by Google's libphonenumber (``phonenumbers``).

    :param country: ISO 3166 alpha-2 code for numbers without country prefix
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(text, country=None):
    """A phone number in international form (``"+49 30 12345"``), or ``None``."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def normalize_domain(text):
    """``"https://www.Example.com/x"`` → ``"example.com"``; ``None`` if none."""
    match = _DOMAIN.match(text.strip())
    if not match:
        return None
    host = match["host"].lower().rstrip(".").removeprefix("www.")
    return host if "." in host else None


@functools.cache
def _country_codes():
    codes = {}
    for name in _COUNTRY_LOCALES:
        for code, label in babel.Locale.parse(name).territories.items():
            if len(code) == 2 and code.isalpha():
                codes.setdefault(fold(label), code)
                codes.setdefault(code.lower(), code)
    codes.update(_COUNTRY_ALIASES)
    return codes


def country_code(text):
    """ISO 3166 alpha-2 code of a country as people write it, or ``None``.

    Takes codes and names in the languages of ``_COUNTRY_LOCALES`` (CLDR by babel).
    """
    return _country_codes().get(fold(text))
