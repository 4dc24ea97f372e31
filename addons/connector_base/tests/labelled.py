"""A labelled set of customers: as they stand in Odoo, and as a vendor spells them.

Which remote record is which partner is known, so that matching can be measured. The
rates of dirt are guesses on the bad side of what CRM data looks like after some years;
they are written down in one place, :class:`Dirt`.
"""

import dataclasses
import random
import unicodedata

from faker import Faker

#: Country -> (locale of its names, legal forms, country calling code, tax prefix)
COUNTRIES = {
    "DE": ("de_DE", ("GmbH", "GmbH & Co. KG", "AG", "e.K."), "49", "DE"),
    "FR": ("fr_FR", ("SARL", "S.A.", "SAS"), "33", "FR"),
    "IT": ("it_IT", ("S.r.l.", "S.p.A."), "39", "IT"),
    "US": ("en_US", ("Inc.", "LLC", "Corp."), "1", ""),
    "GB": ("en_GB", ("Ltd", "Limited", "PLC"), "44", "GB"),
}
NAMES = {
    "DE": "Germany",
    "FR": "France",
    "IT": "Italy",
    "US": "United States",
    "GB": "UK",
}
TRADES = (
    "Logistics Maschinenbau Consulting Foods Media Energy Textil Chemie Software"
    " Robotics Pharma Immobilien Metallbau Design Optik Solar Papier Glas Elektro"
    " Transport Bau Catering Travel Print Security Sanitär Möbel Garten Musik Sport"
).split()
#: What tells companies of one group apart, who share a domain.
BRANCHES = ("Holding", "Services", "International", "Logistik", "Immobilien", "Nord")
SHARED = ("info", "office", "sales", "kontakt")
FREE = ("gmail.com", "gmx.de", "outlook.com", "yahoo.fr")


@dataclasses.dataclass(frozen=True)
class Dirt:
    """How often what happens to a record on its way, each 0.0 to 1.0."""

    only_there: float = 0.15
    only_here: float = 0.15
    group: float = 0.08
    typo: float = 0.08
    upper: float = 0.08
    no_accents: float = 0.3
    other_form: float = 0.35
    no_domain: float = 0.2
    free_domain: float = 0.03
    no_phone: float = 0.3
    no_zip: float = 0.2
    no_country: float = 0.15
    other_city: float = 0.05
    tax: float = 0.5
    no_tax: float = 0.5
    no_email: float = 0.12
    shared_box: float = 0.06
    free_mail: float = 0.12
    new_email: float = 0.05
    several_emails: float = 0.04
    swapped: float = 0.05
    initial: float = 0.05
    switchboard: float = 0.15
    two_jobs: float = 0.02


@dataclasses.dataclass
class Labelled:
    """One kind of record.

    :param ours: list of values of partners, as Odoo takes them
    :param theirs: list of ``(values, position in ours or None)``; its position is the
        remote id
    """

    ours: list = dataclasses.field(default_factory=list)
    theirs: list = dataclasses.field(default_factory=list)


class World:
    """Companies and the people who work for them.

    :param n: how many of each, about, on each side
    """

    def __init__(self, n, seed=11, dirt=None):
        self.random = random.Random(seed)
        self.dirt = dirt or Dirt()
        self.companies, self.people = Labelled(), Labelled()
        self._pools(seed)
        self._domains = set()
        while len(self.companies.ours) < n:
            self._add_group()
        while len(self.people.ours) < n:
            self._add_person()

    def happens(self, name):
        return self.random.random() < getattr(self.dirt, name)

    def _pools(self, seed):
        """Faker's words, drawn once: mixing them is a hundred times faster."""
        self.last, self.first, self.cities = {}, {}, {}
        # Not every locale's cities come in the same order in every process.
        towns = Faker("en_US")
        towns.seed_instance(seed)
        for code, (locale, *_rest) in COUNTRIES.items():
            faker = Faker(locale)
            faker.seed_instance(seed)
            self.last[code] = sorted({faker.last_name() for _ in range(900)})
            self.first[code] = sorted({faker.first_name() for _ in range(400)})
            self.cities[code] = [
                (towns.city(), str(self.random.randint(10000, 99999)))
                for _ in range(800)
            ]

    # -- companies ------------------------------------------------------------

    def _add_group(self):
        pick = self.random.choice
        country = pick(list(COUNTRIES))
        stem = f"{pick(self.last[country])} {pick(TRADES)}"
        if self.random.random() < 0.3:
            stem = f"{pick(self.last[country])} & {stem}"
        domain = self._domain(stem)
        names = [stem]
        if self.happens("group"):
            branches = self.random.sample(BRANCHES, self.random.randint(1, 2))
            names += [f"{stem} {branch}" for branch in branches]
        for name in names:
            self._add_company(name, domain, country)

    def _domain(self, stem):
        base = "".join(c for c in plain(stem).lower() if c.isalnum())
        domain, number = f"{base}.example", 1
        while domain in self._domains:
            number += 1
            domain = f"{base}{number}.example"
        self._domains.add(domain)
        return domain

    def _add_company(self, name, domain, country):
        city, code = self.random.choice(self.cities[country])
        facts = {
            "name": f"{name} {self.random.choice(COUNTRIES[country][1])}",
            "bare": name,
            "domain": domain,
            "country": country,
            "city": city,
            "zip": code,
            "phone": self._phone(country),
            "tax": self._tax(country) if self.happens("tax") else None,
        }
        here = None
        if not self.happens("only_there"):
            here = len(self.companies.ours)
            self.companies.ours.append(self._company_here(facts))
        if here is None or not self.happens("only_here"):
            self.companies.theirs.append((self._company_there(facts), here))

    def _company_here(self, facts):
        vals = {
            "name": facts["name"],
            "is_company": True,
            "website": None
            if self.happens("no_domain")
            else f"https://www.{facts['domain']}",
            "phone": None if self.happens("no_phone") else facts["phone"],
            "zip": None if self.happens("no_zip") else facts["zip"],
            "city": facts["city"],
            "country": facts["country"],
            "vat": facts["tax"],
            "domain": facts["domain"],
            "switchboard": facts["phone"],
        }
        if vals["website"] is None and self.random.random() < 0.3:
            vals["email"] = f"{self.random.choice(SHARED)}@{facts['domain']}"
        return vals

    def _company_there(self, facts):
        domain = facts["domain"]
        if self.happens("no_domain"):
            domain = None
        elif self.happens("free_domain"):
            domain = self.random.choice(FREE)
        elif self.random.random() < 0.3:
            domain = f"http://{domain.upper()}/start"
        city, code = facts["city"], facts["zip"]
        if self.happens("other_city"):
            city, code = self.random.choice(self.cities[facts["country"]])
        return {
            "name": self._company_name(facts),
            "domain": domain,
            "phone": None
            if self.happens("no_phone")
            else self._spelled(facts["phone"], facts["country"]),
            "city": self._text(city),
            "zip": None if self.happens("no_zip") else code,
            "country": None if self.happens("no_country") else NAMES[facts["country"]],
            "tax_id": None
            if not facts["tax"] or self.happens("no_tax")
            else self._tax_spelled(facts["tax"]),
        }

    def _company_name(self, facts):
        name = facts["name"]
        if self.happens("other_form"):
            forms = ("", *COUNTRIES[facts["country"]][1])
            name = f"{facts['bare']} {self.random.choice(forms)}".strip()
        return self._text(name)

    # -- people ---------------------------------------------------------------

    def _add_person(self):
        pick = self.random.choice
        where = self.random.randrange(len(self.companies.theirs))
        company, here = self.companies.theirs[where]
        if here is None:
            return
        employer = self.companies.ours[here]
        country = employer["country"]
        first, last = pick(self.first[country]), pick(self.last[country])
        mobile = self._phone(country)
        jobs = [(where, employer)]
        if self.happens("two_jobs"):
            other = self.random.randrange(len(self.companies.theirs))
            if self.companies.theirs[other][1] is not None and other != where:
                theirs = self.companies.ours[self.companies.theirs[other][1]]
                jobs.append((other, theirs))
        for place, boss in jobs:
            self._add_job(place, boss, first, last, mobile, country)

    def _add_job(self, place, employer, first, last, mobile, country):
        local = f"{plain(first)}.{plain(last)}".lower().replace(" ", "")
        email = f"{local}@{employer['domain']}"
        if self.happens("shared_box"):
            email = f"{self.random.choice(SHARED)}@{employer['domain']}"
        elif self.happens("free_mail"):
            number = self.random.randint(1, 9999)
            email = f"{local}{number}@{self.random.choice(FREE)}"
        phone = employer["switchboard"] if self.happens("switchboard") else mobile
        here = None
        if not self.happens("only_there"):
            here = len(self.people.ours)
            self.people.ours.append(
                {
                    "name": f"{first} {last}",
                    "parent": self.companies.theirs[place][1],
                    "email": None if self.happens("no_email") else email,
                    "phone": None if self.happens("no_phone") else phone,
                    "country": country,
                    "zip": None if self.happens("no_zip") else employer["zip"],
                }
            )
        if here is None or not self.happens("only_here"):
            theirs = self._person_there(first, last, email, phone, country)
            theirs["company"] = str(place)
            self.people.theirs.append((theirs, here))

    def _person_there(self, first, last, email, phone, country):
        if self.happens("swapped"):
            first, last = last, first
        if self.happens("initial"):
            first = f"{first[0]}."
        if self.happens("no_email"):
            email = None
        elif self.happens("new_email"):
            email = f"{plain(last).lower()}@new-{self.random.randint(1, 9**6)}.example"
        other = None
        if email and self.happens("several_emails"):
            other, email = email, f"x{self.random.randint(1, 9**9)}@private.example"
        return {
            "first_name": self._text(first),
            "last_name": self._text(last),
            "email": email.upper() if email and self.happens("upper") else email,
            "other_emails": other,
            "phone": None
            if self.happens("no_phone")
            else self._spelled(phone, country),
            "country": None if self.happens("no_country") else NAMES[country],
        }

    # -- dirt -----------------------------------------------------------------

    def _text(self, text):
        if self.happens("no_accents"):
            text = plain(text)
        if self.happens("typo") and len(text) > 5:
            text = self._typo(text)
        return text.upper() if self.happens("upper") else text

    def _typo(self, text):
        """A letter missing, doubled, or in the other order; numbers stay."""
        at = self.random.randrange(1, len(text) - 2)
        if not text[at : at + 2].isalpha():
            return text
        kind = self.random.randrange(3)
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            return text[:at] + text[at] + text[at:]
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def _phone(self, country):
        """A number in E.164 that libphonenumber takes for one."""
        number = self.random.randint(1_000_000, 9_999_999)
        area = {
            "DE": "30",
            "FR": "1",
            "IT": "02",
            "US": "212",
            "GB": "20",
        }[country]
        tail = {
            "DE": f"{number}",
            "FR": f"4{number}",
            "IT": f"{number}",
            "US": f"{2 + number % 8}{number % 10**6:06}",
            "GB": f"7{number}",
        }[country]
        return f"+{COUNTRIES[country][2]}{area}{tail}"

    def _spelled(self, phone, country):
        digits = phone.removeprefix(f"+{COUNTRIES[country][2]}")
        kind = self.random.randrange(3)
        if kind == 0:
            return f"+{COUNTRIES[country][2]} {digits[:3]} {digits[3:6]}-{digits[6:]}"
        if kind == 1:
            return f"00{COUNTRIES[country][2]}/{digits}"
        return phone

    def _tax(self, country):
        digits = f"{self.random.randint(10**8, 10**9 - 1)}"
        return f"{COUNTRIES[country][3]}{digits}"

    def _tax_spelled(self, tax):
        kind = self.random.randrange(3)
        if kind == 0:
            return tax.lower()
        if kind == 1:
            return " ".join((tax[:2], tax[2:5], tax[5:8], tax[8:])).strip()
        return tax


def plain(text):
    """Text without accents, as a program of the last century keeps it."""
    text = text.replace("ß", "ss")
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if c.isascii())


@dataclasses.dataclass
class Measured:
    """How well records were matched.

    :param pairs: remote records that are in Odoo
    :param found: those of them that were linked to theirs, or had it as candidate
    """

    linked: int = 0
    right: int = 0
    pairs: int = 0
    found: int = 0
    asked: int = 0
    total: int = 0

    def add(self, mapped, truth):
        """:param truth: id of the right partner, or ``None``"""
        self.total += 1
        self.pairs += truth is not None
        candidates = {c.res_id for c in mapped.candidates or ()}
        if mapped.record_id:
            self.linked += 1
            self.right += mapped.record_id == truth
            self.found += mapped.record_id == truth
        elif candidates:
            self.asked += 1
            self.found += truth in candidates

    @property
    def precision(self):
        return self.right / self.linked if self.linked else 1.0

    @property
    def recall(self):
        return self.found / self.pairs if self.pairs else 1.0
