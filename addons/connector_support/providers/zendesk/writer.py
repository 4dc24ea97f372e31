"""Writes organizations and users: one at a time where one waits, else by jobs.

One that waits alone, as a suspension does, goes at once and costs one request; a job
costs three, with the looks at it. More go by jobs: an organization's own endpoint
takes five changes a minute [S rate-limits], a job a hundred rows.

What is made has our key as its external id, which is unique for a kind [S
organizations, users]: a second try is refused by Zendesk, and the first is taken up.
New users go by ``create_many``, not by ``create_or_update_many``: that would take any
user with the same e-mail for ours, an agent too, and put our key over the customer's
own external id. Who has the e-mail or name already is linked, and nothing is written.

Sources: organizations, users, user_identities below
https://developer.zendesk.com/api-reference/ticketing/ [S].
"""

import decimal

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.answers import expected
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.engine.values import read_value

from . import ask, jobs, own
from .endpoints import BULK, END_USER, KEY, LISTINGS, SINGULAR, path
from .errors import VENDOR

#: Most rows that a writer sends one by one, where rows are left over by jobs; what is
#: more of them goes by the next jobs.
SINGLES = 5


class PartyWriter:
    """Writes one stream.

    :param client: ``HttpClient``
    """

    stream = None
    #: Remote paths that can be sent, besides the account's own fields.
    writable = frozenset()
    batch_size = BULK
    bulk_from = 2
    bulk_size = jobs.BULK_SIZE

    def __init__(self, client):
        self.client = client
        self.kept = LISTINGS[self.stream].kept
        self.singles = SINGLES
        #: Keys of fields that are there for sure.
        self._ensured = set()

    # -- contract -------------------------------------------------------------

    def create(self, rows):  # pylint: disable=method-required-super
        """:return: list of ``records.RowResult``"""
        return self._each(rows, self._create)

    def update(self, rows):
        """:return: list of ``records.RowResult``"""
        return self._each(rows, self._update)

    def archive(self, rows):
        """Nothing is deleted: it would take the history of tickets along."""
        return [RowResult(row.key, error=self._not_deleted()) for row in rows]

    # -- contract: many at once ------------------------------------------------

    def submit(self, action, rows):
        if any(self._obstacle(row) for row in rows):
            # Said where they go one by one.
            return None
        self._ensure(rows)
        spell = self._new if action == "create" else self._known
        return jobs.submit(self.client, self.stream, action, rows, spell)

    def seconds_left(self, ticket):
        return jobs.seconds_left(self.client, ticket)

    def collect(self, action, ticket, rows):
        found, doubles = jobs.collect(self.client, ticket, rows)
        if action == "create":
            found |= self._taken_up(doubles, found)
        for row in rows:
            if row.key in found and not found[row.key].error:
                found[row.key] = self._finished(row, found[row.key], action)
        return found

    # -- one record -----------------------------------------------------------

    def _each(self, rows, work):
        """The result of each row; behind an error that concerns all, none is sent."""
        results, ending = [], None
        self._ensure(rows)
        for row in rows:
            error = ending or self._obstacle(row)
            if not error and not self.singles:
                error = ending = jobs.later(self.client)
            if not error:
                self.singles -= 1
                try:
                    with expected(VENDOR):
                        results.append(work(row))
                    continue
                except errors.NotSent:
                    raise
                except errors.ConnectorError as refusal:
                    error = refusal
                    passing = (errors.TransientError, errors.AuthenticationError)
                    ending = error if isinstance(error, passing) else None
            results.append(RowResult(row.key, error=error, request_id=error.request_id))
        return results

    def _create(self, row):
        body = {SINGULAR[self.stream]: self._new(row)}
        try:
            reply = self.client.post(path(self.stream), body, safe=True)
        except errors.InvalidRecord as error:
            if not error.params.get("duplicate"):
                raise
            refused = {row.key: RowResult(row.key, error=error)}
            return self._taken_up([row], refused)[row.key]
        return self._result(row, reply)

    def _update(self, row):
        body = {SINGULAR[self.stream]: self._fields(row)}
        where = path(self.stream, row.remote_id)
        # The same values again change nothing more.
        reply = self.client.request("PUT", where, json=body, safe=True)
        return self._finished(row, self._result(row, reply), "update")

    def _result(self, row, reply):
        item = reply.data[SINGULAR[self.stream]]
        seen = read_value("datetime", item.get("updated_at"))
        return RowResult(row.key, str(item["id"]), seen, request_id=reply.request_id)

    # -- values ---------------------------------------------------------------

    def _fields(self, row):
        """The values of a row as Zendesk nests them."""
        body = {}
        for name, value in row.values.items():
            head, _dot, rest = name.partition(".")
            if head == self.kept:
                body.setdefault(head, {})[rest] = value
            else:
                body[name] = value
        return body

    def _new(self, row):
        return {**self._fields(row), KEY: row.key}

    def _known(self, row):
        return {**self._fields(row), "id": int(row.remote_id)}

    def _obstacle(self, row):
        """The error of a row that Zendesk couldn't take; ``None`` mostly."""
        if "name" in row.values and not row.values["name"]:
            return _empty("name")
        return None

    def _ensure(self, rows):
        """Make sure that Zendesk keeps the account's own fields among the values."""
        begin = f"{self.kept}."
        keys = {
            name.removeprefix(begin)
            for row in rows
            for name in row.values
            if name.startswith(begin)
        }
        if keys - self._ensured:
            own.ensure(self.client, self.stream, keys - self._ensured)
            self._ensured |= keys

    def _finished(self, row, result, action):
        """What is to be done behind a row that was written."""
        return result

    def _not_deleted(self):
        return errors.InvalidRecord(
            "Nothing is deleted in Zendesk from here, since tickets belong to it. Do so"
            " there if that is what you want.",
            code="zendesk_not_deleted",
        )

    # -- what is there already -------------------------------------------------

    def _taken_up(self, rows, refused):
        """Results of rows that Zendesk has already: those that an earlier try has made,
        and those of somebody else.

        :param refused: ``{key: RowResult}``, as they were refused
        """
        if not rows:
            return {}
        ours = ask.by_keys(self.client, self.stream, [row.key for row in rows])
        results = {}
        for row in rows:
            item = ours.get(row.key)
            # What an earlier try has sent may have been something else.
            existing = item is None or not _has(item, self._fields(row))
            item = item or self._alike(row)
            results[row.key] = refused[row.key]
            if item:
                remote_id = str(item["id"])
                results[row.key] = RowResult(row.key, remote_id, existing=existing)
        return results

    def _alike(self, row):
        """The record that has the unique value of a new one, or ``None``."""
        raise NotImplementedError


class OrganizationWriter(PartyWriter):
    stream = "organizations"
    writable = frozenset(
        {"name", "details", "notes", "tags", "domain_names", "group_id"}
    )

    def _alike(self, row):
        """[S] organizations/search: by the whole name, case aside"""
        params = {"name": row.values.get("name") or ""}
        data = self.client.get(path(self.stream, "search"), params).data
        found = ask.items(data, self.stream)
        return found[0] if len(found) == 1 else None


class UserWriter(PartyWriter):
    """People who ask. What is made sends nobody a mail."""

    stream = "users"
    writable = frozenset(
        {"name", "email", "phone", "organization_id", "alias", "details", "notes"}
        | {"tags", "locale", "time_zone"}
    )

    def _fields(self, row):
        body = super()._fields(row)
        if body.get("organization_id"):
            body["organization_id"] = int(body["organization_id"])
        return body

    def _new(self, row):
        # [S] users, “skip_verify_email”
        return {**super()._new(row), "role": END_USER, "skip_verify_email": True}

    def _obstacle(self, row):
        if row.remote_id and "email" in row.values and not row.values["email"]:
            return _empty("email")
        return super()._obstacle(row)

    def _alike(self, row):
        email = row.values.get("email")
        if not email:
            return None
        params = {"query": f'email:"{email}"'}
        data = self.client.get(path(self.stream, "search"), params).data
        found = ask.items(data, self.stream)
        is_one = len(found) == 1 and found[0].get("role") == END_USER
        return found[0] if is_one else None

    def _finished(self, row, result, action):
        """An e-mail that a known user is given is one address more until it is made the
        first one. [S] users, “email”; user_identities, “Make Identity Primary”"""
        email = row.values.get("email")
        if action != "update" or not email:
            return result
        where = ("users", row.remote_id, "identities")
        try:
            for each in ask.pages(self.client, where, "identities"):
                same = str(each.get("value")).lower() == email.lower()
                if same and each.get("type") == "email" and not each.get("primary"):
                    chosen = path(*where, each["id"], "make_primary")
                    self.client.request("PUT", chosen, safe=True)
        except errors.NotSent:
            raise
        except errors.ConnectorError as error:
            return RowResult(row.key, error=error, request_id=error.request_id)
        return result


def _empty(name):
    return errors.InvalidRecord(
        f"Zendesk doesn't let the {name} be empty.",
        code="refused",
        params={"property": name, "detail": f"{name} can't be empty", "status": 422},
    )


def _has(item, fields):
    """Whether a record of Zendesk's has all these values."""
    for name, value in fields.items():
        theirs = item.get(name)
        if isinstance(value, dict):
            if not _has(theirs or {}, value):
                return False
        elif not _is_same(theirs, value):
            return False
    return True


def _is_same(theirs, ours):
    if theirs in (None, "") or ours in (None, ""):
        return theirs in (None, "") and ours in (None, "")
    try:
        return decimal.Decimal(str(theirs)) == decimal.Decimal(str(ours))
    except decimal.InvalidOperation:
        return str(theirs).lower() == str(ours).lower()
