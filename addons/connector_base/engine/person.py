"""Who is looked for when somebody is to be found or forgotten, and in which texts."""

import dataclasses
import functools
import hashlib
import hmac
import json
import re
from typing import NamedTuple

import phonenumbers

from .masking import MASK
from .normalize import normalize_email, normalize_phone

#: Shorter numbers stand for too much else.
PHONE_DIGITS = 7
#: Letters between the digits of a number, as people group them.
_GAP = r"[^0-9A-Za-z]{0,3}"


@dataclasses.dataclass(frozen=True)
class Person:
    """One person, by all that is known of them.

    :param emails: addresses in lower case
    :param phones: numbers in E.164
    :param names: full names; one word alone is nobody's
    :param partner_ids: ids of ``res.partner``
    :param records: ``(Odoo model, id)`` of records that are the person's, the partners
        among them
    :param remotes: :class:`Remote` of the records that are the person at a vendor
    """

    emails: frozenset = frozenset()
    phones: frozenset = frozenset()
    names: frozenset = frozenset()
    partner_ids: frozenset = frozenset()
    records: frozenset = frozenset()
    remotes: frozenset = frozenset()

    # -- made of --------------------------------------------------------------

    def known_by(self, emails=(), phones=(), names=(), country=None):
        """The same person, known by more; what can't be an address is left out.

        :param country: ISO 3166 alpha-2 code for numbers without country prefix
        """
        return dataclasses.replace(
            self,
            emails=self.emails | set(filter(None, map(normalize_email, emails))),
            phones=self.phones
            | {found for text in phones if (found := normalize_phone(text, country))},
            names=self.names
            | {" ".join(n.split()) for n in names if len(n.split()) > 1},
        )

    def with_records(self, records=(), remotes=()):
        """The same person, with more records in Odoo and at vendors."""
        records = self.records | {tuple(pair) for pair in records}
        partners = {res_id for model, res_id in records if model == "res.partner"}
        return dataclasses.replace(
            self,
            partner_ids=self.partner_ids | partners,
            records=records,
            remotes=self.remotes | {Remote(*remote) for remote in remotes},
        )

    def __bool__(self):
        return any((self.emails, self.phones, self.names, self.records, self.remotes))

    def ids_of(self, model):
        return sorted(res_id for name, res_id in self.records if name == model)

    # -- in texts -------------------------------------------------------------

    @functools.cached_property
    def pattern(self):
        """What finds them in texts, whatever the case of letters; ``None`` for nothing.

        Means the same to Python and to PostgreSQL (advanced regular expressions).
        """
        parts = [_email_pattern(email) for email in self.emails]
        parts += filter(None, map(_phone_pattern, self.phones))
        for name in self.names:
            # As PostgreSQL and others write letters beyond ASCII in JSON.
            spellings = {name, json.dumps(name)[1:-1]}
            words = name.split()
            if len(words) == 2:
                spellings.add(f"{words[1]}, {words[0]}")
            parts += map(_name_pattern, spellings)
        return "|".join(sorted(parts)) or None

    @functools.cached_property
    def _expression(self):
        return re.compile(self.pattern, re.IGNORECASE) if self.pattern else None

    def says(self, value):
        """Whether a text, or anything JSON-like, quotes the person."""
        if isinstance(value, dict):
            return any(self.says(k) or self.says(v) for k, v in value.items())
        if isinstance(value, list | tuple):
            return any(map(self.says, value))
        if value is None or isinstance(value, bool) or self._expression is None:
            return False
        return self._expression.search(str(value)) is not None

    def without(self, value):
        """A text, or anything JSON-like, with a mask where it quotes the person."""
        if isinstance(value, dict):
            return {self.without(k): self.without(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.without(item) for item in value]
        if not self.says(value):
            return value
        return self._expression.sub(MASK, str(value))

    # -- kept until it is done, and known by afterwards -------------------------

    def dump(self):
        """:return: JSON, to be encrypted"""
        return json.dumps(
            {
                field.name: sorted(getattr(self, field.name))
                for field in dataclasses.fields(self)
            }
        )

    @classmethod
    def load(cls, text):
        values = json.loads(text)
        plain = ("emails", "phones", "names", "partner_ids")
        return cls(**{name: frozenset(values[name]) for name in plain}).with_records(
            values["records"], values["remotes"]
        )

    def digests(self, key):
        """What tells later whether it was this person, to who has the key alone.

        :param key: bytes
        :return: list of hexadecimal HMAC-SHA256, sorted
        """
        texts = {f"email:{email}" for email in self.emails}
        texts |= {f"phone:{phone}" for phone in self.phones}
        texts |= {f"partner:{partner_id}" for partner_id in self.partner_ids}
        texts |= {f"remote:{r.connection_id}:{r.remote_id}" for r in self.remotes}
        return sorted(
            hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for text in texts
        )


class Remote(NamedTuple):
    """A record at a vendor; ``stream`` as its flow names it."""

    connection_id: int
    entity: str
    remote_id: str
    flow_id: int = 0
    stream: str = ""


def _email_pattern(email):
    local, _, domain = email.partition("@")
    return rf"(?<![\w.+-]){re.escape(local)}(?:@|%40){re.escape(domain)}(?![\w-]|\.\w)"


def _phone_pattern(phone):
    """However its digits are grouped, with its country's prefix or without."""
    number = phonenumbers.parse(phone)
    national = phonenumbers.national_significant_number(number)
    if len(national) < PHONE_DIGITS:
        return None
    prefix = _GAP.join(str(number.country_code))
    return rf"(?<![0-9])(?:{prefix}{_GAP})?(?:0{_GAP})?{_GAP.join(national)}(?![0-9])"


def _name_pattern(name):
    words = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w){words}(?!\w)"
