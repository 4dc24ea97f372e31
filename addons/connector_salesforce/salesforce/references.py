"""Salesforce's lists that are matched with Odoo's: users, stages, record types, values.

Sources: object reference of User, OpportunityStage, RecordType; picklists as
``describe`` lists them.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import ReferenceValue

from . import ask, soql
from .describe import describe

#: (object, picklist) -> which of our lists its values belong to. Fields that an org has
#: made itself are looked for, too, and are none the worse for not being there.
PICKLISTS = {
    ("Lead", "Status"): "lead_status",
    ("Lead", "LeadSource"): "lead_source",
    ("Opportunity", "Type"): "odoo.crm.lead.deal_kind",
    ("Quote", "Status"): "odoo.sale.order.remote_status",
    ("Contract", "Status"): "odoo.connector.agreement.state",
    ("Quote", "Payment_Terms__c"): "payment_term",
    ("Order", "Payment_Terms__c"): "payment_term",
}


#: List -> what the values that every org begins with mean in Odoo. [S object reference,
#: the fields' picklists; M the labels] Those of a company's own are for it to say.
OPTIONS = {
    "odoo.crm.lead.deal_kind": {
        "New Customer": "new",
        "New Business": "new",
        "Existing Customer - Upgrade": "upsell",
        "Existing Customer - Replacement": "renewal",
        "Existing Customer - Downgrade": "downgrade",
    },
    "odoo.sale.order.remote_status": {
        "Draft": "draft",
        "Needs Review": "draft",
        "In Review": "draft",
        "Approved": "draft",
        "Presented": "sent",
        "Accepted": "accepted",
        "Rejected": "rejected",
        "Denied": "rejected",
    },
    "odoo.connector.agreement.state": {
        "Draft": "draft",
        "In Approval Process": "draft",
        "Activated": "active",
    },
}


def values(client):
    """:return: iterator of ``ReferenceValue`` of all lists that the user may see"""
    for read in (users, stages, record_types, picklists):
        try:
            yield from read(client)
        except (errors.RemoteNotFound, errors.InvalidRecord):
            # Not every edition has every object; the values are mapped as they come.
            continue


def users(client):
    """Users as owners, by their e-mail; those who have left as well."""
    names = ("Id", "Name", "Email", "IsActive")
    condition = "UserType = 'Standard'"
    for row in ask.everything(client, soql.select(names, "User", condition)):
        hints = {"email": row.get("Email") or None}
        if not row.get("IsActive"):
            hints["archived"] = True
        yield ReferenceValue("owner", row["Id"], row.get("Name") or row["Id"], hints)


def stages(client):
    """Stages: what a deal names is the API name."""
    names = ("ApiName", "MasterLabel", "IsActive", "IsClosed", "IsWon")
    query = soql.select((*names, "DefaultProbability"), "OpportunityStage")
    for row in ask.everything(client, query):
        closed, won = bool(row.get("IsClosed")), bool(row.get("IsWon"))
        chance = row.get("DefaultProbability")
        yield ReferenceValue(
            "deal_stage",
            row["ApiName"],
            row.get("MasterLabel") or row["ApiName"],
            {
                "probability": None if chance is None else float(chance) / 100,
                "is_won": won,
                "is_lost": closed and not won,
            },
        )


def record_types(client):
    """Kinds of deals, each with its own process: what Odoo calls a pipeline."""
    condition = "SobjectType = 'Opportunity'"
    names = ("Id", "Name", "DeveloperName", "IsActive")
    for row in ask.everything(client, soql.select(names, "RecordType", condition)):
        yield ReferenceValue("pipeline", row["Id"], row.get("Name") or row["Id"])


def picklists(client):
    wanted = {}
    for (object_name, field), kind in PICKLISTS.items():
        wanted.setdefault(object_name, {})[field] = kind
    for object_name, kinds in wanted.items():
        try:
            fields = ask.rows(describe(client, object_name), "fields")
        except errors.RemoteNotFound:
            continue
        for item in fields:
            kind = kinds.get(item["name"])
            for option in (item.get("picklistValues") or []) if kind else ():
                value = str(option["value"])
                meant = OPTIONS.get(kind, {}).get(value)
                hints = {"option": meant} if meant else {}
                yield ReferenceValue(kind, value, option.get("label") or value, hints)


def corporate_currency(client):
    """The currency that an org with several of them reckons in.

    One with a single currency doesn't tell it over this API: ``None``.
    """
    query = soql.select(["IsoCode"], "CurrencyType", "IsCorporate = true")
    try:
        rows = list(ask.everything(client, query))
    except (errors.InvalidRecord, errors.RemoteNotFound):
        return None
    return rows[0]["IsoCode"] if rows else None
