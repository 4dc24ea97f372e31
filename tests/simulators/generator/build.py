"""The generator: good records first, then flaws at the rate asked for."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from . import dirt as flaws
from . import pools
from .countries import BY_CODE, COUNTRIES, WEIGHTS
from .pools import filled, pool, slug
from .records import (
    RENEWALS,
    SALES,
    Company,
    Contact,
    Dataset,
    Deal,
    Line,
    Owner,
    Place,
    Product,
    Ticket,
)

#: The moment datasets end at when none is given: records are older than this.
REFERENCE = datetime(2026, 11, 1, tzinfo=UTC)
YEARS = 5
TEAMS = ("New business", "Key accounts", "Partners")
LIFECYCLES = ("lead", "qualified", "opportunity", "customer", "customer", "other")
#: Mail providers keep their real names, since matching rules know them; the local
#: parts get a number that nobody has. Companies have reserved domains (RFC 2606).
FREEMAIL = ("gmail.com", "outlook.com", "yahoo.co.jp", "web.de", "orange.fr")


def generate(companies=100, *, seed=0, dirt=0.08, at=None, **counts):
    """A :class:`Dataset` with that many companies.

    ``counts``: ``contacts``, ``deals``, ``products``, ``owners``, ``tickets``, each
    in proportion to the companies when left out. ``dirt``: share of flawed records,
    0 to 1. ``at``: aware datetime at which the data ends (:data:`REFERENCE`).
    """
    wanted = {
        "contacts": companies * 3 // 2,
        "deals": companies * 4 // 5,
        "products": min(max(companies // 10, 8), 400) if companies else 0,
        "owners": min(max(companies // 25, 4), 40) if companies else 0,
        "tickets": companies // 5,
        **{name: number for name, number in counts.items() if number is not None},
    }
    return Generator(seed, dirt, at or REFERENCE).dataset(companies, **wanted)


class Generator:
    """Makes records one by one; the same seed gives the same records in order."""

    def __init__(self, seed=0, dirt=0.08, at=REFERENCE):
        self.luck = random.Random(seed)
        self.dirt = dirt
        self.at = at
        self._taken_domains = set()
        self._taken_emails = set()
        self._numbers = {}

    def dataset(self, companies, contacts, deals, products, owners, tickets):
        """All of it, in the numbers given."""
        data = Dataset()
        data.owners = [self.owner() for _ in range(owners)]
        for _ in range(companies):
            data.companies.append(self.company(data.owners, data.companies))
        data.contacts = [
            self.contact(data.owners, data.companies) for _ in range(contacts)
        ]
        data.products = [self.product() for _ in range(products)]
        staff = {}
        for contact in data.contacts:
            staff.setdefault(contact.company_key, []).append(contact.key)
        data.deals = [
            self.deal(data.owners, data.companies, staff, data.products)
            for _ in range(deals)
        ]
        data.tickets = [
            self.ticket(data.owners, data.companies, staff) for _ in range(tickets)
        ]
        return data

    def owner(self):
        """A seller; about one in ten has left."""
        luck = self.luck
        names = pool(luck.choice(("US", "GB", "DE", "FR")))
        first, last = luck.choice(names.first)[0], luck.choice(names.last)[0]
        email = f"{slug(first)}.{slug(last)}@northwind-sales.example"
        number = self._number("ow")
        return Owner(
            key=f"ow-{number}",
            first_name=first,
            last_name=last,
            email=self._free_email(email),
            team=luck.choice(TEAMS),
            created_at=self._moment(YEARS * 365, 300),
            active=number % 9 != 0,
        )

    def company(self, owners=(), known=(), country=None):
        """A company; with dirt, sometimes another spelling of one that is known."""
        luck = self.luck
        if known and self._flawed(0.35):
            return self._twin(luck.choice(known))
        country = country or luck.choices(COUNTRIES, WEIGHTS)[0]
        name, latin = self._company_name(country)
        domain = self._domain(latin, country)
        created = self._moment(YEARS * 365, 1)
        place, phone = self._place(country)
        size = luck.choice((4, 9, 25, 60, 180, 450, 1200, 5200))
        company = Company(
            key=f"co-{self._number('co')}",
            name=name,
            domain=domain,
            website=f"https://www.{domain}",
            phone=phone,
            place=place,
            country_code=country.code,
            currency=country.currency,
            industry=luck.choice(pools.INDUSTRIES),
            description=f"{name}, {place.city}." if luck.random() < 0.5 else None,
            employees=size + luck.randrange(size),
            revenue=f"{size * luck.randint(60, 240) * 1000}.00",
            lifecycle=luck.choice(LIFECYCLES),
            owner_key=self._owner(owners),
            parent_key=luck.choice(known).key
            if known and luck.random() < 0.04
            else None,
            created_at=created,
            updated_at=self._later(created),
        )
        if self._flawed(0.12):
            company.archived_at = self._later(company.updated_at)
            company.flaw = "archived"
        elif self._flawed(0.06):
            company.deleted, company.flaw = True, "deleted"
        elif self._flawed(1):
            flaws.soil_company(company, luck)
        return company

    def contact(self, owners=(), companies=()):
        """A person of one of the companies, or of none (one in eight)."""
        luck = self.luck
        company = luck.choice(companies) if companies and luck.random() < 0.87 else None
        country = (
            BY_CODE[company.country_code]
            if company
            else luck.choices(COUNTRIES, WEIGHTS)[0]
        )
        names = pool(country.code)
        first, last = luck.choice(names.first), luck.choice(names.last)
        email = f"{slug(first[1])}.{slug(last[1])}"
        if company and company.domain:
            email += f"@{company.domain}"
        else:
            email += f".x{luck.randrange(10**8):08d}@{luck.choice(FREEMAIL)}"
        created = self._moment(YEARS * 365, 1)
        place, phone = self._place(country)
        mobile = f"+{country.dial}{filled(country.mobile, luck)}"
        contact = Contact(
            key=f"ct-{self._number('ct')}",
            first_name=first[0],
            last_name=last[0],
            email=self._free_email(email),
            phone=phone,
            mobile=mobile if luck.random() < 0.5 else None,
            job_title=luck.choice(names.jobs),
            salutation=luck.choice(("Ms", "Mr", "Dr", None)),
            place=replace(company.place) if company else place,
            country_code=country.code,
            language=country.language,
            company_key=company.key if company else None,
            company_name=company.name if company else None,
            lifecycle=luck.choice(LIFECYCLES),
            owner_key=self._owner(owners),
            created_at=created,
            updated_at=self._later(created),
        )
        if self._flawed(0.08):
            contact.archived_at = self._later(contact.updated_at)
            contact.flaw = "archived"
        elif self._flawed(1):
            flaws.soil_contact(contact, luck)
        elif company and (company.archived_at or company.deleted):
            contact.flaw = "company_gone"
        return contact

    def product(self):
        """A plan (billed monthly or yearly) or a thing sold once."""
        luck = self.luck
        number = self._number("pr")
        grade, thing = (luck.choice(words) for words in pools.PRODUCT_WORDS)
        recurring = thing in ("plan", "licence", "support")
        price = luck.choice((9, 19, 49, 120, 350, 900, 2400)) + luck.choice(
            (0, 0.5, 0.9)
        )
        created = self._moment(YEARS * 365, 200)
        return Product(
            key=f"pr-{number}",
            name=f"{grade} {thing} {number}",
            sku=f"{grade[:3].upper()}-{thing[:3].upper()}-{number:04d}",
            price=f"{price:.2f}",
            cost=f"{price * luck.uniform(0.2, 0.7):.2f}",
            currency="EUR",
            description=f"{grade} {thing}, edition {luck.randint(1, 9)}.",
            frequency=luck.choice(("monthly", "annually")) if recurring else None,
            months=luck.choice((12, 24, 36)) if recurring else None,
            created_at=created,
            updated_at=self._later(created),
        )

    def deal(self, owners=(), companies=(), staff=None, products=()):
        """A deal in one of two pipelines; ``staff``: company key to contact keys."""
        luck = self.luck
        company = luck.choice(companies) if companies else None
        pipeline = SALES if luck.random() < 0.8 else RENEWALS
        stage = luck.choice(pipeline.stages)
        created = self._moment(700, 1)
        close = created + timedelta(days=luck.randint(10, 200))
        people = (staff or {}).get(company.key if company else None, [])
        number = self._number("de")
        subject = luck.choice(("pilot", "rollout", "licences", "upgrade", "framework"))
        deal = Deal(
            key=f"de-{number}",
            name=f"{company.name if company else 'Walk-in'} - {subject} {number}",
            amount=self._amount(company.currency if company else "EUR"),
            currency=company.currency if company else "EUR",
            pipeline_key=pipeline.key,
            stage_key=stage.key,
            close_date=close.date(),
            description=None,
            kind="existing" if pipeline is RENEWALS else "new",
            owner_key=self._owner(owners),
            company_key=company.key if company else None,
            contact_keys=luck.sample(people, min(len(people), luck.randint(0, 2))),
            lost_reason=None,
            won_reason=None,
            created_at=created,
            updated_at=self._later(created),
        )
        if stage.closed and stage.won:
            deal.won_reason = luck.choice(pools.WON_REASONS)
        elif stage.closed:
            deal.lost_reason = luck.choice(pools.LOST_REASONS)
        if products and luck.random() < 0.4:
            deal.lines = [self._line(luck.choice(products)) for _ in range(3)]
            deal.amount = self._total(deal)
        if self._flawed(1):
            flaws.soil_deal(deal, luck)
        return deal

    def ticket(self, owners=(), companies=(), staff=None):
        """A support case of a company."""
        luck = self.luck
        company = luck.choice(companies) if companies else None
        people = (staff or {}).get(company.key if company else None, [])
        created = self._moment(200, 0)
        subject = luck.choice(pools.TICKET_SUBJECTS)
        return Ticket(
            key=f"ti-{self._number('ti')}",
            subject=subject,
            content=f"{subject}. Please answer by e-mail.",
            status=luck.choice(("new", "waiting_customer", "waiting_us", "closed")),
            priority=luck.choice(("low", "medium", "high", None)),
            company_key=company.key if company else None,
            contact_key=luck.choice(people) if people else None,
            owner_key=self._owner(owners),
            created_at=created,
            updated_at=self._later(created),
        )

    # Parts

    def _twin(self, company):
        created = self._later(company.created_at)
        return replace(
            company,
            key=f"co-{self._number('co')}",
            name=flaws.other_spelling(company.name, self.luck),
            place=replace(company.place),
            parent_key=None,
            created_at=created,
            updated_at=self._later(created),
            archived_at=None,
            deleted=False,
            flaw="duplicate",
        )

    def _line(self, product):
        number = self._number("li")
        return Line(
            f"li-{number}", product.key, self.luck.randint(1, 20), product.price
        )

    def _total(self, deal):
        """What the lines come to, in the deal's currency."""
        total = sum(line.quantity * Decimal(line.price) for line in deal.lines)
        return str(round(total)) if deal.currency == "JPY" else f"{total:.2f}"

    def _amount(self, currency):
        value = self.luck.lognormvariate(8.8, 1.1)
        return str(round(value * 150)) if currency == "JPY" else f"{value:.2f}"

    def _company_name(self, country):
        """The name with its legal form, and what of it goes into a domain."""
        luck, names = self.luck, pool(country.code)
        form, trade = luck.choice(country.forms), luck.choice(names.trades)
        last, latin = luck.choice(names.last)
        pattern = luck.randrange(4)
        if country.code == "JP":
            bare = f"{last}{trade}"
            name = f"{bare}{form}" if pattern % 2 else f"{form}{bare}"
            return name, f"{latin} {luck.choice(pools.STEMS)}"
        if pattern == 0:
            bare = f"{last} & {luck.choice(names.last)[0]}"
        elif pattern == 1:
            bare = f"{luck.choice(pools.STEMS)} {trade}"
        else:
            bare = f"{last} {trade}"
        return f"{bare} {form}", bare

    def _domain(self, latin, country):
        stem = slug(latin)[:24]
        domain = f"{stem}.example"
        if domain in self._taken_domains:
            stem = f"{stem}-{country.code.lower()}"
            domain = f"{stem}.example"
        while domain in self._taken_domains:
            domain = f"{stem}{self.luck.randint(2, 99999)}.example"
        self._taken_domains.add(domain)
        return domain

    def _place(self, country):
        luck = self.luck
        city, state, _code, zip_pattern, phone = luck.choice(country.cities)
        place = Place(
            street=f"{luck.choice(pool(country.code).streets)} {luck.randint(1, 240)}",
            street2=f"{luck.choice(('Floor', 'Suite', 'Unit'))} {luck.randint(1, 30)}"
            if luck.random() < 0.15
            else None,
            city=city,
            state=state,
            zip=filled(zip_pattern, luck),
            country=country.name,
        )
        return place, f"+{country.dial}{filled(phone, luck)}"

    def _free_email(self, email):
        local, _at, domain = email.partition("@")
        candidate = email
        while candidate in self._taken_emails:
            candidate = f"{local}{self.luck.randint(2, 99999)}@{domain}"
        self._taken_emails.add(candidate)
        return candidate

    def _owner(self, owners):
        if not owners or self.luck.random() < 0.1:
            return None
        return self.luck.choice(owners).key

    def _flawed(self, share):
        return self.dirt > 0 and self.luck.random() < self.dirt * share

    def _moment(self, oldest_days, youngest_days):
        seconds = self.luck.randint(youngest_days * 86_400, oldest_days * 86_400)
        return self.at - timedelta(
            seconds=seconds, milliseconds=self.luck.randrange(1000)
        )

    def _later(self, moment):
        room = max(1, int((self.at - moment).total_seconds()))
        return moment + timedelta(seconds=self.luck.randrange(room))

    def _number(self, prefix):
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return self._numbers[prefix]
