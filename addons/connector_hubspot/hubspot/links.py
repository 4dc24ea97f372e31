"""Links with labels: what they are called, and the ids that HubSpot knows them by.

A label has an id of its own in each direction; those that an account adds itself are
``USER_DEFINED``. A path names one by its label::

    links.contacts[label=Billing contact].id     the first such contact
    links.contacts[*label=Billing contact].id    all of them

A label that is renamed is a field that the account has no more, and is said so.

Source: https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-schema/guide
(labels are there between companies, contacts, deals, tickets and custom objects).
"""

from odoo.addons.connector_base.engine.paths import Where, parse_path

from . import ask
from .endpoints import LINKS, path

#: Objects whose links may have labels.
LABELLED = frozenset({"companies", "contacts", "deals", "tickets"})


def choice(remote_path):
    """Which links a path means.

    :return: ``(linked object, label)``, or ``None`` where it chooses none by label
    """
    if not remote_path.startswith(LINKS):
        return None
    steps = parse_path(remote_path)
    if len(steps) != 4 or not isinstance(steps[2], Where) or steps[3] != "id":
        return None
    where = steps[2]
    return (steps[1], where.value) if where.key == "label" else None


def label_paths(to_type, label):
    """The paths of a label: of its first link, and of all.

    :return: two texts, or none where no path can name it
    """
    if not label or any(character in label for character in "[]"):
        return ()
    return tuple(
        f"{LINKS}{to_type}[{several}label={label}].id" for several in ("", "*")
    )


def labels(client, object_type, to_type):
    """The types of links between two objects.

    :return: list of ``{"category", "typeId", "label"}``
    """
    where = path("associations", client.api_version, object_type, to_type, "labels")
    return ask.results(client.get(where).data)


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
