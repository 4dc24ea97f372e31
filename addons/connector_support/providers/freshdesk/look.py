"""What tickets only name by a number: agents, groups, products, statuses, ratings.

Asked for when a first ticket needs it, and kept as long as its reader lives.
"""

from odoo.addons.connector_base.engine import errors

from . import ask
from .endpoints import STATUSES, path

#: Path of a map -> the list that has its name, and the ticket's key of it.
NAMES = {
    "desk.assignee": ("agents", "responder_id"),
    "desk.group": ("groups", "group_id"),
    "desk.brand": ("products", "product_id"),
}
SATISFACTION = "desk.satisfaction"
#: Key of the question that each survey has. [S satisfaction_ratings]
QUESTION = "default_question"


class Look:
    """:param client: ``HttpClient``

    :param since: ISO 8601; ratings given before it are not asked for, ``None``: all
    """

    def __init__(self, client, since=None):
        self.client = client
        self.since = since
        self._names = {}
        self._statuses = None
        self._ratings = None

    def told(self, item, paths):
        """What a map asks for of a ticket beside its own values.

        A key that is left out says nothing: the agent of the key may not see it, or
        no rating is as new as what is read.

        :return: dict, part of ``desk``
        """
        found = {}
        for name, (resource, key) in NAMES.items():
            if name not in paths:
                continue
            wanted = item.get(key)
            names = self._list(resource) if wanted else {}
            if names is not None:
                found[name.partition(".")[2]] = names.get(wanted)
        if SATISFACTION in paths:
            rated = self._rated().get(item["id"])
            if rated is not None:
                found["satisfaction"] = rated
        return found

    def status_name(self, number):
        """The account's name of a status; its number where it has none."""
        if self._statuses is None:
            self._statuses = {
                value: label for value, label, _own in statuses(self.client)
            }
        return self._statuses.get(number) or str(number)

    def _list(self, resource):
        """``{id: name}``; ``None`` where the agent of the key may not see them."""
        if resource not in self._names:
            try:
                listed = ask.everything(self.client, path(resource))
                self._names[resource] = {each["id"]: _name(each) for each in listed}
            except errors.PermissionDenied:
                self._names[resource] = None
        return self._names[resource]

    def _rated(self):
        """``{ticket id: "good" or "bad"}`` of the newest rating of each ticket.

        One answer in the middle of the scale is neither: offered.
        """
        if self._ratings is None:
            self._ratings = {}
            params = {"created_since": self.since} if self.since else {}
            where = path("surveys", "satisfaction_ratings")
            try:
                given = sorted(
                    ask.everything(self.client, where, params),
                    key=lambda rating: rating.get("created_at") or "",
                )
            except errors.PermissionDenied:
                # Not every plan has surveys.
                given = []
            for rating in given:
                value = (rating.get("ratings") or {}).get(QUESTION)
                self._ratings[rating.get("ticket_id")] = satisfaction(value)
        return self._ratings


def statuses(client):
    """The statuses of an account, as its tickets' fields tell them.

    :return: iterator of ``(number, name, whether it is one of the account's own)``
    """
    for field in ask.checked(client.get(path("ticket_fields")).data):
        if field.get("name") != "status":
            continue
        for value, names in (field.get("choices") or {}).items():
            if str(value).isdecimal():
                name = names[0] if isinstance(names, list) else names
                number = int(value)
                yield number, str(name), number not in STATUSES


def satisfaction(value):
    """What a rating means: 101 to 103 are good, 100 is neutral, -101 to -103 are bad.

    [S satisfaction_ratings]
    """
    if not isinstance(value, int) or value == 100:
        return "offered"
    return "good" if value > 100 else "bad"


def _name(item):
    """Of an agent the person's, who is in ``contact``. [S list_all_agents]"""
    person = item.get("contact")
    return (person if isinstance(person, dict) else item).get("name")
