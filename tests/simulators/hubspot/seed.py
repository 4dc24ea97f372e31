"""Vendor-neutral records spelt as HubSpot properties and put into a store.

Flaws are kept as they are: HubSpot itself would lower-case an e-mail, but what another
system wrote years ago is in there all the same. Contacts of an archived or deleted
company keep its id in `associatedcompanyid`.
"""

from ..clock import to_ms
from ..seeding import Seeder as NeutralSeeder
from . import facts

#: Neutral stage keys to stage ids, in the order of `facts.SALES_STAGES`.
SALES_STAGE_IDS = dict(
    zip(
        ("meeting", "qualified", "presented", "bought_in", "contract", "won", "lost"),
        (stage[0] for stage in facts.SALES_STAGES),
        strict=True,
    )
)
#: Later pipelines and their stages have numeric ids in the product [M].
RENEWALS_ID = "86424812"
RENEWALS_FIRST_STAGE = 163_201_501
LIFECYCLES = {
    "lead": "lead",
    "qualified": "salesqualifiedlead",
    "opportunity": "opportunity",
    "customer": "customer",
    "other": "other",
}
INDUSTRIES = {
    "software": "COMPUTER_SOFTWARE",
    "machinery": "MACHINERY",
    "retail": "RETAIL",
    "logistics": "LOGISTICS_AND_SUPPLY_CHAIN",
    "food": "FOOD_BEVERAGES",
    "health": "HEALTH_WELLNESS_AND_FITNESS",
    "construction": "CONSTRUCTION",
    "energy": "RENEWABLES_ENVIRONMENT",
    "education": "EDUCATION_MANAGEMENT",
    "finance": "FINANCIAL_SERVICES",
    "textiles": "TEXTILES",
    "media": "MARKETING_AND_ADVERTISING",
    "automotive": "AUTOMOTIVE",
    "chemicals": "CHEMICALS",
    "hospitality": "HOSPITALITY",
    "telecom": "TELECOMMUNICATIONS",
}
#: Stages of a deal -> state of the quote that it has by then.
QUOTE_STATUS = {
    "bought_in": "DRAFT",
    "contract": "APPROVAL_NOT_NEEDED",
    "won": "APPROVAL_NOT_NEEDED",
}
TICKET_STATUS = {"new": "1", "waiting_customer": "2", "waiting_us": "3", "closed": "4"}
FIRST_OWNER = 70_110_001


def define_pipelines(store):
    """The pipelines every account here has: the default ones and one more for deals."""
    store.add_pipeline(
        "deals",
        "default",
        "Sales Pipeline",
        [
            {"id": id, "label": label, "closed": closed, "probability": probability}
            for id, label, closed, probability in facts.SALES_STAGES
        ],
    )
    store.add_pipeline(
        "tickets",
        "0",
        "Support Pipeline",
        [
            {"id": id, "label": label, "closed": closed}
            for id, label, closed in facts.TICKET_STAGES
        ],
    )


class Seeder(NeutralSeeder):
    """Spells neutral records as those of an account; ``ids`` has lines as well."""

    def __init__(self, store, seed=0, dirt=0.08):
        super().__init__(store, seed, dirt)
        self.pipeline_ids = {"sales": "default"}
        self.stage_ids = dict(SALES_STAGE_IDS)

    def _begin(self, data):
        for pipeline in data.pipelines:
            self.pipeline(pipeline)

    def _finish(self, data):
        for company in data.companies:
            self._parent(company)
        for ticket in data.tickets:
            self.ticket(ticket)

    def pipeline(self, pipeline):
        """The sales pipeline is the account's default one, others get numeric ids."""
        if pipeline.key == "sales":
            return
        ids = [str(RENEWALS_FIRST_STAGE + n) for n in range(len(pipeline.stages))]
        self.pipeline_ids[pipeline.key] = RENEWALS_ID
        self.stage_ids.update(
            {
                stage.key: stage_id
                for stage, stage_id in zip(pipeline.stages, ids, strict=True)
            }
        )
        self.store.add_pipeline(
            "deals",
            RENEWALS_ID,
            pipeline.label,
            [
                {
                    "id": self.stage_ids[stage.key],
                    "label": stage.label,
                    "closed": stage.closed,
                    "probability": str(stage.probability),
                }
                for stage in pipeline.stages
            ],
            order=1,
        )

    def owner(self, owner):
        """An owner; one who has left is archived."""
        number = FIRST_OWNER + len(self.store.owners)
        while number in self.store.owners:
            number += 1
        team = {"id": str(100 + sum(map(ord, owner.team)) % 900), "name": owner.team}
        self.ids[owner.key] = self.store.add_owner(
            number,
            owner.email,
            owner.first_name,
            owner.last_name,
            archived=not owner.active,
            teams=[{**team, "primary": True}],
            created=owner.created_at,
        )

    def company(self, company):
        """A company."""
        self._create("companies", company, company_values(company))

    def contact(self, contact):
        """A contact, linked to its company."""
        values = contact_values(contact)
        company_id = self.ids.get(contact.company_key)
        values["associatedcompanyid"] = company_id
        self._create("contacts", contact, values)
        if company_id:
            self._link("contacts", self.ids[contact.key], "companies", company_id)

    def product(self, product):
        """A product."""
        self._create("products", product, product_values(product))

    def deal(self, deal):
        """A deal with its company, contacts and line items."""
        values = deal_values(deal)
        values["pipeline"] = self.pipeline_ids[deal.pipeline_key]
        values["dealstage"] = self.stage_ids[deal.stage_key]
        self._create("deals", deal, values)
        deal_id = self.ids[deal.key]
        if deal.company_key:
            self._link("deals", deal_id, "companies", self.ids[deal.company_key])
        for key in deal.contact_keys:
            self._link("deals", deal_id, "contacts", self.ids[key])
        for line in deal.lines:
            product = self.store.get("products", self.ids[line.product_key]) or {}
            line_values = {
                "name": product.get("name"),
                "hs_sku": product.get("hs_sku"),
                "hs_product_id": self.ids[line.product_key],
                "quantity": line.quantity,
                "price": line.price,
                "hs_line_item_currency_code": deal.currency,
            }
            line_id = self.store.create(
                "line_items",
                line_values,
                created=deal.created_at,
                modified=deal.updated_at,
            )
            self.ids[line.key] = line_id
            self._link("deals", deal_id, "line_items", line_id)
        if deal.lines and deal.stage_key in QUOTE_STATUS:
            self._quote(deal, deal_id)

    def _quote(self, deal, deal_id):
        """A quote of a deal: its lines are copies, as a line belongs to one record."""
        stamps = {"created": deal.created_at, "modified": deal.updated_at}
        lines = self.store.associated("deals", deal_id, "line_items")
        copies = [self.store.get("line_items", line_id) for line_id in lines]
        quote_id = self.store.create(
            "quotes",
            {
                "hs_title": deal.name,
                "hs_status": QUOTE_STATUS[deal.stage_key],
                "hs_currency": deal.currency,
                "hs_quote_amount": round(sum(float(c["amount"]) for c in copies), 2),
                "hs_expiration_date": deal.close_date or None,
                "hubspot_owner_id": self.ids.get(deal.owner_key),
            },
            **stamps,
        )
        number = {"hs_quote_number": f"Q-{quote_id}"}
        self.store.record("quotes", quote_id).properties.update(number)
        self._link("quotes", quote_id, "deals", deal_id)
        if deal.company_key:
            company_id = self.ids[deal.company_key]
            self._link("quotes", quote_id, "companies", company_id)
        for key in deal.contact_keys[:1]:
            self._link("quotes", quote_id, "contacts", self.ids[key])
        own = ("hs_object_id", "createdate", "hs_lastmodifieddate")
        for line in copies:
            values = {name: text for name, text in line.items() if name not in own}
            line_id = self.store.create("line_items", values, **stamps)
            self._link("quotes", quote_id, "line_items", line_id)

    def ticket(self, ticket):
        """A ticket with its company and contact."""
        values = {
            "subject": ticket.subject,
            "content": ticket.content,
            "hs_pipeline": "0",
            "hs_pipeline_stage": TICKET_STATUS[ticket.status],
            "hs_ticket_priority": ticket.priority and ticket.priority.upper(),
        }
        self._create("tickets", ticket, values)
        ticket_id = self.ids[ticket.key]
        if ticket.company_key:
            self._link("tickets", ticket_id, "companies", self.ids[ticket.company_key])
        if ticket.contact_key:
            self._link("tickets", ticket_id, "contacts", self.ids[ticket.contact_key])

    def _create(self, object_type, record, values):
        owner_key = getattr(record, "owner_key", None)
        values["hubspot_owner_id"] = self.ids.get(owner_key)
        self.ids[record.key] = self.store.create(
            object_type, values, created=record.created_at, modified=record.updated_at
        )

    def _link(self, from_type, from_id, to_type, to_id):
        """The default link, without touching the modification dates."""
        self.store.links.link(from_type, int(from_id), to_type, int(to_id))

    def _parent(self, company):
        parent = self.ids.get(company.parent_key)
        if parent:
            child = self.ids[company.key]
            self.store.links.link(
                "companies", int(child), "companies", int(parent), [14]
            )
            record = self.store.record("companies", child)
            record.properties["hs_parent_company_id"] = parent

    def _take_away(self, kind, record_id, archived_at):
        if archived_at:
            self.store.archive(kind, record_id, to_ms(archived_at))
        else:
            self.store.delete(kind, record_id)


def company_values(company):
    """HubSpot properties of a neutral company, owner and parent left out."""
    return {
        "name": company.name,
        "domain": company.domain,
        "website": company.website,
        "phone": company.phone,
        "address2": company.place.street2,
        **_place(company.place),
        "industry": INDUSTRIES.get(company.industry),
        "description": company.description,
        "numberofemployees": company.employees,
        "annualrevenue": _number(company.revenue),
        "lifecyclestage": LIFECYCLES[company.lifecycle],
    }


def contact_values(contact):
    """HubSpot properties of a neutral contact, owner and company id left out."""
    return {
        "firstname": contact.first_name,
        "lastname": contact.last_name,
        "email": contact.email,
        "phone": contact.phone,
        "mobilephone": contact.mobile,
        "jobtitle": contact.job_title,
        "salutation": contact.salutation,
        **_place(contact.place),
        "company": contact.company_name,
        "lifecyclestage": LIFECYCLES[contact.lifecycle],
        "hs_language": contact.language,
    }


def deal_values(deal):
    """HubSpot properties of a neutral deal, owner, pipeline and stage left out."""
    return {
        "dealname": deal.name,
        "amount": _number(deal.amount),
        "deal_currency_code": deal.currency,
        "closedate": f"{deal.close_date}T12:00:00.000Z" if deal.close_date else None,
        "description": deal.description,
        "closed_lost_reason": deal.lost_reason,
        "closed_won_reason": deal.won_reason,
        "dealtype": "newbusiness" if deal.kind == "new" else "existingbusiness",
    }


def product_values(product):
    """HubSpot properties of a neutral product."""
    return {
        "name": product.name,
        "hs_sku": product.sku,
        "price": _number(product.price),
        "hs_cost_of_goods_sold": _number(product.cost),
        "description": product.description,
        "hs_recurring_billing_period": product.months and f"P{product.months}M",
        "recurringbillingfrequency": product.frequency,
    }


def _place(place):
    return {
        "address": place.street,
        "city": place.city,
        "state": place.state,
        "zip": place.zip,
        "country": place.country,
    }


def _number(text):
    """``2903.50`` the way the product gives numbers back: ``2903.5``."""
    if not text:
        return text
    return text.rstrip("0").rstrip(".") if "." in text else text
