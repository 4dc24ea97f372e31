"""Links with labels: what they are called, and the ids that HubSpot knows them by.

A label has an id of its own in each direction; those that an account adds itself are
``USER_DEFINED``. A path names one by its label or by its id::

    links.contacts[label=Billing contact].id     the first such contact
    links.contacts[*label=Billing contact].id    all of them
    links.contacts[typeId=36].id                 whatever it is called by now

Source: https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-schema/guide
(labels are there between companies, contacts, deals, tickets and custom objects).
"""

from odoo.addons.connector_base.engine.paths import Where, parse_path

from .endpoints import LINKS, path

#: Objects whose links may have labels.
LABELLED = frozenset({"companies", "contacts", "deals", "tickets"})
#: What a path may choose a link by.
KEYS = ("label", "typeId")


def choice(remote_path):
    """Which links a path means.

    :return: ``(linked object, key, value)``, or ``None`` where it chooses none by label
    """
    if not remote_path.startswith(LINKS):
        return None
    steps = parse_path(remote_path)
    if len(steps) != 4 or not isinstance(steps[2], Where) or steps[3] != "id":
        return None
    where = steps[2]
    return (steps[1], where.key, where.value) if where.key in KEYS else None


def label_path(to_type, label):
    """The path of the first link of a label; ``None`` where none can name it."""
    if not label or any(character in label for character in "[]"):
        return None
    return f"{LINKS}{to_type}[label={label}].id"


def labels(client, object_type, to_type):
    """The types of links between two objects.

    :return: list of ``{"category", "typeId", "label"}``
    """
    where = path("associations", client.api_version, object_type, to_type, "labels")
    return client.get(where).data.get("results") or []


def entries(found):
    """Links as a record holds them: one for each type of each link.

    :param found: ``[{"toObjectId", "associationTypes": […]}]`` of the API
    :return: list of ``{"id", "typeId", "label", "category"}``
    """
    return [
        {
            "id": str(link["toObjectId"]),
            "typeId": kind.get("typeId"),
            "label": kind.get("label"),
            "category": kind.get("category"),
        }
        for link in found
        for kind in sorted(
            link.get("associationTypes") or [], key=lambda each: each.get("typeId") or 0
        )
    ]
