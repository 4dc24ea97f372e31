"""Vendor-neutral records spelt as sObjects and put into a store.

Most flaws stay as they are; what the product itself refuses (no last name, no close
date, a text that is too long, blanks around a text) is as it would have come to be.
"""

import itertools
from dataclasses import replace

from ..seeding import Seeder as NeutralSeeder
from . import facts
from .documents import add_documents

#: Neutral stage keys to stages; those of renewals are added to the org's own.
STAGES = {
    "meeting": "Prospecting",
    "qualified": "Qualification",
    "presented": "Value Proposition",
    "bought_in": "Id. Decision Makers",
    "contract": "Negotiation/Review",
    "won": "Closed Won",
    "lost": "Closed Lost",
}
RENEWAL_STAGES = (
    ("due", "Renewal Due", 30, False, False),
    ("offered", "Renewal Offered", 50, False, False),
    ("negotiation", "Renewal Negotiation", 70, False, False),
    ("renewed", "Renewed", 100, True, True),
    ("churned", "Churned", 0, True, False),
)
RECORD_TYPES = {"sales": "New_Business", "renewals": "Renewal"}
INDUSTRIES = {
    "software": "Technology",
    "machinery": "Machinery",
    "retail": "Retail",
    "logistics": "Shipping",
    "food": "Food & Beverage",
    "health": "Healthcare",
    "construction": "Construction",
    "energy": "Energy",
    "education": "Education",
    "finance": "Finance",
    "textiles": "Apparel",
    "media": "Media",
    "automotive": "Manufacturing",
    "chemicals": "Chemicals",
    "hospitality": "Hospitality",
    "telecom": "Telecommunications",
}
TYPES = {
    "customer": "Customer - Direct",
    "lead": "Prospect",
    "qualified": "Prospect",
    "opportunity": "Prospect",
    "other": "Other",
}
OBJECTS = {"companies": "Account", "contacts": "Contact", "deals": "Opportunity"}
LEAD_STATUSES = ("Open - Not Contacted", "Working - Contacted")
#: A second price book has this share of the standard prices.
PARTNER_SHARE = 0.9
PARTNER_CURRENCIES = ("EUR", "USD")


class Seeder(NeutralSeeder):
    """Spells neutral records as those of an org; ``ids`` has prices and lines too."""

    def __init__(self, store, seed=0, dirt=0.08):
        super().__init__(store, seed, dirt)
        self.stages = dict(STAGES)
        self.record_types = {}
        self.currencies = (
            tuple(facts.CURRENCIES) if store.schema.multi_currency else (None,)
        )

    def generate(self, records, counts):
        """Leads besides: a quarter of the accounts unless ``counts`` has a number."""
        counts = dict(counts)
        leads = counts.pop("leads", records // 4)
        at = self.store.clock.now()
        super().generate(records, counts)
        self._leads(leads, at)
        return self.ids

    def _begin(self, data):
        self.set_up()

    def _finish(self, data):
        add_documents(self.store, self.ids, data.deals)

    def set_up(self):
        """Record types and stages of renewals, and a price book for partners."""
        store = self.store
        for key, name, probability, closed, won in RENEWAL_STAGES:
            self.stages[key] = name
            if name not in store.stages:
                category = "Closed" if won else "Omitted" if closed else "Pipeline"
                store.define_stage(name, probability, closed, won, category)
        for key, name in RECORD_TYPES.items():
            known = store.find("RecordType", DeveloperName=name)
            values = {"Name": name.replace("_", " "), "DeveloperName": name}
            values.update(SobjectType="Opportunity", IsActive=True)
            self.record_types[key] = (
                known[0]["Id"] if known else store.load("RecordType", values)
            )
        known = store.find("Pricebook2", Name="Partner Price Book")
        self.partner_book = (
            known[0]["Id"]
            if known
            else store.load(
                "Pricebook2", {"Name": "Partner Price Book", "IsActive": True}
            )
        )

    def owner(self, owner):
        """A user; one who has left is inactive."""
        self._load(
            "User",
            owner,
            {
                "Username": owner.email,
                "Email": owner.email,
                "FirstName": owner.first_name,
                "LastName": owner.last_name,
                "Alias": owner.last_name[:8].lower(),
                "Department": owner.team,
                "IsActive": owner.active,
                "UserType": "Standard",
            },
        )

    def company(self, company):
        """An account, below its parent."""
        values = account_values(company)
        values["ParentId"] = self.ids.get(company.parent_key)
        values["CurrencyIsoCode"] = self._currency(company.currency)
        self._load("Account", company, values)

    def contact(self, contact):
        """A contact of its account."""
        values = contact_values(contact)
        values["AccountId"] = self.ids.get(contact.company_key)
        self._load("Contact", contact, values)

    def product(self, product):
        """A product with its standard prices, and some of the partners'."""
        store = self.store
        self._load(
            "Product2",
            product,
            {
                "Name": product.name,
                "ProductCode": product.sku,
                "Description": product.description,
                "IsActive": True,
                "Family": "Subscription" if product.frequency else "Goods",
            },
        )
        product_id = self.ids[product.key]
        for currency in self.currencies:
            price = converted(product.price, currency)
            books = [(store.standard_book, 1)]
            if currency in PARTNER_CURRENCIES:
                books.append((self.partner_book, PARTNER_SHARE))
            for book, share in books:
                values = {
                    "Pricebook2Id": book,
                    "Product2Id": product_id,
                    "UnitPrice": round(price * share, 2),
                    "IsActive": True,
                    "CurrencyIsoCode": currency,
                }
                made = store.load("PricebookEntry", values)
                self.ids[product.key, book, currency] = made

    def deal(self, deal):
        """An opportunity with its lines."""
        store = self.store
        currency = self._currency(deal.currency)
        values = opportunity_values(deal)
        values.update(
            AccountId=self.ids.get(deal.company_key),
            StageName=self.stages[deal.stage_key],
            RecordTypeId=self.record_types[deal.pipeline_key],
            CurrencyIsoCode=currency,
        )
        if deal.lines:
            values["Pricebook2Id"] = store.standard_book
        self._load("Opportunity", deal, values)
        deal_id = self.ids[deal.key]
        for line in deal.lines:
            entry = self.ids[line.product_key, store.standard_book, currency]
            line_values = {
                "OpportunityId": deal_id,
                "PricebookEntryId": entry,
                "Quantity": float(line.quantity),
                "UnitPrice": converted(line.price, currency),
            }
            self.ids[line.key] = store.load(
                "OpportunityLineItem",
                line_values,
                created=deal.created_at,
                modified=deal.updated_at,
            )

    def _leads(self, number, at):
        """Leads of companies that nobody has met."""
        from ..generator import Generator

        made = Generator(self.seed + 101, self.dirt, at)
        statuses = itertools.cycle(LEAD_STATUSES)
        for _each in range(number):
            company = made.company()
            contact = made.contact((), [company])
            values = contact_values(contact, "")
            values.pop("Department", None)
            values.update(
                Company=text(company.name, 255) or "Unknown",
                Website=text(company.website),
                Industry=INDUSTRIES.get(company.industry),
                LeadSource="Web",
                Status=next(statuses),
                CurrencyIsoCode=self._currency(company.currency),
            )
            self._load("Lead", replace(contact, key=f"le-{contact.key}"), values)

    def _currency(self, code):
        if not self.store.schema.multi_currency:
            return None
        return code if code in facts.CURRENCIES else self.store.currency

    def _load(self, object_name, record, values):
        owner = self.ids.get(getattr(record, "owner_key", None))
        if owner:
            values["OwnerId"] = owner
        self.ids[record.key] = self.store.load(
            object_name,
            values,
            created=record.created_at,
            modified=getattr(record, "updated_at", None),
        )

    def _take_away(self, kind, record_id, archived_at):
        store, name = self.store, OBJECTS[kind]
        if store.tables[name].rows[record_id].get("IsDeleted"):
            return
        store.delete(name, record_id, at=archived_at)
        if archived_at is None:
            store.purge_one(name, record_id)


def account_values(company):
    """Fields of a neutral company, owner and parent left out."""
    return {
        "Name": text(company.name, 255) or "Unknown",
        "Website": text(company.website),
        "Phone": text(company.phone, 40),
        "Industry": INDUSTRIES.get(company.industry),
        "Description": text(company.description),
        "NumberOfEmployees": company.employees,
        "AnnualRevenue": number(company.revenue),
        "Type": TYPES[company.lifecycle],
        **_place(company.place, "Billing"),
    }


def contact_values(contact, kind="Mailing"):
    """Fields of a neutral contact, owner and account left out."""
    return {
        "FirstName": text(contact.first_name, 40),
        "LastName": text(contact.last_name, 80) or "Unknown",
        "Name": " ".join(
            filter(None, (text(contact.first_name), text(contact.last_name)))
        ),
        "Email": text(contact.email, 80),
        "Phone": text(contact.phone, 40),
        "MobilePhone": text(contact.mobile, 40),
        "Title": text(contact.job_title, 128),
        "Salutation": contact.salutation and f"{contact.salutation}.",
        **_place(contact.place, kind),
    }


def opportunity_values(deal):
    """Fields of a neutral deal, references and stage left out."""
    close = deal.close_date or deal.created_at.date()
    return {
        "Name": text(deal.name, 120),
        "Amount": number(deal.amount),
        "CloseDate": close.isoformat(),
        "Description": text(deal.lost_reason or deal.won_reason or deal.description),
        "Type": "New Customer" if deal.kind == "new" else "Existing Customer - Upgrade",
    }


def _place(place, kind):
    street = "\n".join(filter(None, (text(place.street), text(place.street2))))
    return {
        f"{kind}Street": text(street, 255),
        f"{kind}City": text(place.city, 40),
        f"{kind}State": text(place.state, 80),
        f"{kind}PostalCode": text(place.zip, 20),
        f"{kind}Country": text(place.country, 80),
    }


def text(value, length=None):
    """A text without blanks around it, cut to a length, None when nothing is left."""
    value = (value or "").strip()
    return value[:length].strip() or None


def number(value):
    """A number of a text."""
    return float(value) if value else None


def converted(price, currency):
    """A price in another currency, by the org's rates."""
    value = float(price) * facts.CURRENCIES.get(currency, 1)
    return float(round(value)) if currency == "JPY" else round(value, 2)


def fill(store, object_name, count, values):
    """That many records with names of their own."""
    kind = store.schema.objects[object_name]
    key = "LastName" if "LastName" in kind.fields else "Name"
    made = []
    with store.lock:
        start = store.tables[object_name].next_number
        for place in range(start, start + count):
            own = {key: f"{object_name} {place}"}
            made.append(store.load(object_name, {**own, **values}))
    return made
