"""Writes companies and contacts to Freshdesk, a record a request.

So that no second try makes a second record:

- A contact is made with our key as its ``unique_external_id``, which no two contacts
  have: a second try is refused (409), and the first one's contact is found by the key.
- A company has no such field. It is made with our key in a custom field, and looked for
  by it first, ten in one search. What the search doesn't know yet, for it is some
  minutes late [S filter_companies], is refused by its name or its domain, which no two
  companies share [S companies]: the company that has it says by its key whether it is
  ours. Only one whose name and domains were all changed in Odoo between two tries,
  within these minutes, would be made twice.

A value that another record has raises ``AmbiguousMatch`` with that record as candidate:
it is read and matched as all that is read, and nothing is made besides.

Sources: https://developers.freshdesk.com/api/#contacts, #companies [S].
"""

import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.providers.row_writer import RowWriter

from . import ask, records
from .endpoints import CONTACT_KEY, CUSTOM, KEY, path
from .fields import CustomFields

#: Companies of one search: a query has 512 characters, a key some 35. [S
#: filter_companies]
SEARCHED = 10
#: What may stand in a search as it is.
DOMAIN = re.compile(r"[\w.-]+")


class PartyWriter(RowWriter):
    """What companies and contacts share.

    :param client: ``HttpClient``
    """

    resource = None
    #: What can be sent, besides custom fields.
    writable = frozenset()
    #: Ids that Freshdesk wants as numbers.
    numbers = frozenset()

    def __init__(self, client):
        super().__init__(client)
        self.fields = CustomFields(client, self.resource)

    def _create(self, row):
        body = self._keyed(row, self._body(row))
        where = path(self.resource)
        try:
            reply = self.client.request("POST", where, json=body, safe=True)
        except errors.AmbiguousMatch as error:
            found = self._ours(row, error)
            if found is None:
                raise self._candidates(row, error) from error
            # An earlier try has made it, and may have sent less.
            return self._change(row, str(found["id"]))
        return self._result(row, reply)

    def _update(self, row):
        return self._change(row, row.remote_id)

    def _change(self, row, remote_id):
        body = self._body(row)
        if not body:
            return RowResult(row.key, remote_id)
        where = path(self.resource, remote_id)
        try:
            reply = self.client.request("PUT", where, json=body, safe=True)
        except errors.AmbiguousMatch as error:
            raise self._candidates(row, error) from error
        return self._result(row, reply)

    def _result(self, row, reply):
        item = reply.data
        return RowResult(
            row.key,
            str(item["id"]),
            records.moment(item),
            request_id=reply.request_id,
        )

    # -- values ---------------------------------------------------------------

    def _body(self, row):
        """The values of a row as a request has them."""
        body, own = {}, {}
        for name, value in row.values.items():
            if name.startswith(CUSTOM):
                own[name.removeprefix(CUSTOM)] = value
            elif name in self.writable:
                body[name] = self._value(name, value)
        if own:
            body["custom_fields"] = self.fields.spelt(own)
        return body

    def _value(self, name, value):
        if name in self.numbers and value is not None:
            return int(value)
        return value

    # -- who has it -----------------------------------------------------------

    def _keyed(self, row, body):
        """A new record's values together with our key."""
        raise NotImplementedError

    def _ours(self, row, error):
        """What an earlier try has made of a row, or ``None``."""
        raise NotImplementedError

    def _having(self, row):
        """Records that have the name, address or domain of a row, as dicts."""
        raise NotImplementedError

    def _candidates(self, row, error):
        """The error once it names who has the value, as far as that can be found."""
        ids = error.params.get("candidates")
        if not ids:
            ids = sorted(str(item["id"]) for item in self._having(row))
            error.params["candidates"] = ids
        error.params["shown"] = ", ".join(ids)
        return error


class ContactWriter(PartyWriter):
    """Writes contacts. Deleting one at Freshdesk can be undone there."""

    resource = "contacts"
    writable = frozenset(
        {"name", "email", "phone", "mobile", "job_title", "address", "description"}
        | {"company_id", "language", "time_zone", "tags", "twitter_id"}
    )
    numbers = frozenset({"company_id"})

    def _archive(self, row):
        reply = self.client.request(
            "DELETE", path(self.resource, row.remote_id), safe=True
        )
        return RowResult(row.key, row.remote_id, request_id=reply.request_id)

    def _keyed(self, row, body):
        filled = {name: value for name, value in body.items() if value is not None}
        return {**filled, CONTACT_KEY: row.key}

    def _ours(self, row, error):
        return next(iter(self._listed(CONTACT_KEY, row.key)), None)

    def _having(self, row):
        address = row.values.get("email")
        return self._listed("email", address) if address else []

    def _listed(self, name, value):
        return ask.listed(self.client, path(self.resource), {name: value}).items


class CompanyWriter(PartyWriter):
    """Writes companies. None is deleted: Freshdesk couldn't bring it back."""

    resource = "companies"
    writable = frozenset(
        {"name", "description", "note", "domains", "health_score", "account_tier"}
        | {"renewal_date", "industry"}
    )
    batch_size = 2 * SEARCHED

    def __init__(self, client):
        super().__init__(client)
        self._made = {}

    def create(self, rows):
        """:return: list of ``records.RowResult``"""
        try:
            self.fields.ensure([KEY])
        except errors.InvalidRecord as error:
            return [RowResult(row.key, error=error) for row in rows]
        for start in range(0, len(rows), SEARCHED):
            self._look_for(rows[start : start + SEARCHED])
        return super().create(rows)

    def _look_for(self, rows):
        """Find what earlier tries have made, as far as the search knows it."""
        terms = " OR ".join(f"cf_{KEY}:'{row.key}'" for row in rows)
        reply = self.client.get(path("search", self.resource), {"query": f'"{terms}"'})
        for item in ask.within(reply.data, "results"):
            self._made[_key(item)] = item

    def _create(self, row):
        found = self._made.get(row.key)
        if found is not None:
            return self._change(row, str(found["id"]))
        return super()._create(row)

    def _archive(self, row):
        raise errors.InvalidRecord(
            "Companies aren't deleted at Freshdesk: they couldn't be brought back.",
            code="refused",
        )

    def _keyed(self, row, body):
        filled = {name: value for name, value in body.items() if value is not None}
        own = {k: v for k, v in body.get("custom_fields", {}).items() if v is not None}
        return {**filled, "custom_fields": {**own, KEY: row.key}}

    def _ours(self, row, error):
        ids = error.params.get("candidates")
        known = [ask.one(self.client, self.resource, each) for each in ids]
        found = filter(None, known) if ids else self._having(row)
        return next((item for item in found if _key(item) == row.key), None)

    def _having(self, row):
        name, domains = row.values.get("name"), row.values.get("domains") or ()
        found = {}
        if name:
            where = path(self.resource, "autocomplete")
            told = self.client.get(where, {"name": name}).data
            named = ask.within(told, "companies")
            same = [each for each in named if each["name"].lower() == name.lower()]
            for each in same:
                item = ask.one(self.client, self.resource, each["id"])
                found[each["id"]] = item or each
        for domain in filter(DOMAIN.fullmatch, domains):
            query = f"\"domain:'{domain}'\""
            where = path("search", self.resource)
            told = self.client.get(where, {"query": query}).data
            for item in ask.within(told, "results"):
                found[item["id"]] = item
        return list(found.values())


def _key(item):
    own = item.get("custom_fields")
    return own.get(KEY) if isinstance(own, dict) else None
