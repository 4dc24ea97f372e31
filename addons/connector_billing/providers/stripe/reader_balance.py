"""Reads what moves the balance, and by which payout it is paid out.

A balance transaction says nothing of its payout, and no event tells of it: those of a
payout are listed by it [S ``payout``, automatic payouts only], all others by when they
were made. Beyond those of ``reader.py`` the cursor is one of

- ``{"phase": "payouts", "after", "since", "started", "then", "ends"}``: listing
  payouts;
- ``{"phase": "paid", "todo", "after", "then", "ends"}``: reading what they paid out;
- ``{"phase": "recent", "since", "after", "started", "repaired"}``: reading what was
  made since.

``then`` is the cursor to go on with, and ``ends`` says that it is for the next run.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import Page

from . import ask, balance
from .endpoints import below
from .invoices import id_of
from .reader import DAY, REPAIR_DAYS, StripeReader
from .records import Shaping

PAYOUTS = "v1/payouts"
#: Days after a transaction is available in which its payout is looked for: the longest
#: interval of automatic payouts is a month.
PAID_WITHIN = 35
#: Said of payouts whose transactions can't be listed, as of manual ones.
NOT_APPLICABLE = "not_applicable"


def start_cursor(since):
    """Where a first load begins that leaves out what was made before a time.

    :param since: aware UTC
    """
    moment = int(since.timestamp())
    then = {"phase": "sweep", "since": moment}
    return {"phase": "payouts", "since": moment, "then": then}


class BalanceShaping(Shaping):
    """Makes records of balance transactions; ``payout`` is that of all of them."""

    payout = None

    def record(self, item, read_at):
        found = super().record(item, read_at)
        source = item.get("source")
        if isinstance(source, dict):
            # What it is of is a record of its own: its personal data isn't kept twice.
            found.values["source"] = source["id"]
        return found

    def _balance_transactions(self, item):
        return balance.balance(item, self.payout)


class BalanceReader(StripeReader):
    def __init__(self, client, stream, paths=()):
        super().__init__(client, stream, paths)
        #: Ids that are read with their payout, and the payouts whose ids these are.
        self._paid_out = set()
        self._known_payouts = set()
        self._begun = None
        #: Payouts that a page of events has named.
        self._named = []

    def _shaping(self):
        return BalanceShaping(self.client, self.stream, self.look)

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        if not cursor:
            cursor = {"phase": "payouts", "then": {"phase": "sweep"}}
        return super().fetch_page(cursor)

    # -- by payout ------------------------------------------------------------

    def _payouts(self, cursor):
        """List payouts; what they paid out is read next."""
        params = (("created[gte]", cursor.get("since")),)
        reply = ask.page(self.client, PAYOUTS, params, after=cursor.get("after"))
        started = cursor.get("started") or ask.read_at(reply, self.client)
        items = reply.data["data"]
        todo = [item["id"] for item in items if _is_listed(item)]
        if reply.data.get("has_more") and items:
            then = {**cursor, "after": items[-1]["id"], "started": started}
            page = Page([], then, False, reply.request_id)
        else:
            then = dict(cursor["then"])
            if then["phase"] == "sweep":
                # What was made since the payouts were listed is read behind it.
                then["started"] = started
            page = Page([], then, bool(cursor.get("ends")), reply.request_id)
        return self._paid_first(todo, page)

    def _paid_first(self, todo, page):
        """Read what payouts paid out before going on."""
        if todo:
            page.next_cursor = {
                "phase": "paid",
                "todo": todo,
                "then": page.next_cursor,
                "ends": page.done,
            }
            page.done = False
        return page

    def _paid(self, cursor):
        """A page of what the first of some payouts paid out."""
        payout, *rest = cursor["todo"]
        if not cursor.get("after"):
            self._begun = payout
        params = (("payout", payout),)
        reply = ask.page(
            *(self.client, self.listing.path, params, self.listing.expand),
            cursor.get("after"),
        )
        items = reply.data["data"]
        records = self._of_payout(payout, items, ask.read_at(reply, self.client))
        if reply.data.get("has_more") and items:
            following = {**cursor, "after": items[-1]["id"]}
            return Page(records, following, False, reply.request_id)
        if self._begun == payout:
            # Of one that another run has begun, the first pages aren't known here.
            self._known_payouts.add(payout)
        page = Page(records, cursor["then"], cursor["ends"], reply.request_id)
        return self._paid_first(rest, page)

    def _of_payout(self, payout, items, read_at):
        self._paid_out |= {item["id"] for item in items}
        self.shaping.payout = payout
        try:
            return self._records(items, read_at)
        finally:
            self.shaping.payout = None

    def _wanted(self, items, since):
        """What is read with its payout isn't read without: it would be another record
        then, and be written again with each load."""
        items = super()._wanted(items, since)
        self._learn_paid_out(items)
        return [item for item in items if item["id"] not in self._paid_out]

    def _learn_paid_out(self, items):
        """Look up what an earlier run has read with its payout: a load goes on in
        another process, which has read none of the payouts itself."""
        moments = [
            item["available_on"]
            for item in items
            if item["id"] not in self._paid_out
            and item.get("status") == "available"
            and item.get("available_on")
        ]
        if not moments:
            return
        window = _paid_between(min(moments), max(moments))
        for payout in ask.everything(self.client, PAYOUTS, window):
            if payout["id"] in self._known_payouts or not _is_listed(payout):
                continue
            params = (("payout", payout["id"]),)
            found = ask.everything(self.client, self.listing.path, params)
            self._paid_out |= {item["id"] for item in found}
            self._known_payouts.add(payout["id"])

    # -- what changed ---------------------------------------------------------

    def _events(self, cursor):
        """What is new first, then what payouts have paid out since."""
        if not cursor.get("started"):
            return self._recent(cursor)
        self._named = []
        page = super()._events(cursor)
        return self._paid_first(self._named, page)

    def _recent(self, cursor):
        since = cursor["since"]
        reply = ask.page(
            *(self.client, self.listing.path, (("created[gte]", since),)),
            *(self.listing.expand, cursor.get("after")),
        )
        read_at = ask.read_at(reply, self.client)
        items = reply.data["data"]
        records = self._records(self._wanted(items, since), read_at)
        following = {**cursor, "started": cursor.get("started") or read_at}
        if reply.data.get("has_more") and items:
            following |= {"phase": "recent", "after": items[-1]["id"]}
        else:
            following |= {"phase": "events", "after": None}
        return Page(records, following, False, reply.request_id)

    def _changed(self, found):
        """No record yet: the payouts that events name are read on their own."""
        for remote_id in found:
            if self._is_own(remote_id):
                continue
            try:
                payout = ask.one(self.client, f"{PAYOUTS}/{remote_id}").data
            except errors.RemoteNotFound:
                continue
            if _is_listed(payout):
                self._named.append(remote_id)
        return []

    def _repair(self, cursor):
        """Transactions never change; which payout they are in is learned later."""
        now = int(self.client.clock().timestamp())
        return self._payouts(
            {
                "phase": "payouts",
                "since": now - REPAIR_DAYS * DAY,
                "then": self._follow(cursor["since"], now),
                "ends": True,
            }
        )

    # -- by id ----------------------------------------------------------------

    def _by_id(self, remote_id):
        if not self._is_own(remote_id):
            return self._all_of(remote_id)
        path = below(self.listing.path, remote_id)
        try:
            reply = ask.one(self.client, path, self.listing.expand)
        except errors.RemoteNotFound:
            return []
        payout = self._payout_of(reply.data)
        read_at = ask.read_at(reply, self.client)
        return self._of_payout(payout, [reply.data], read_at)

    def _all_of(self, payout):
        """All that a payout paid out."""
        try:
            found = ask.one(self.client, f"{PAYOUTS}/{payout}").data
        except errors.RemoteNotFound:
            return []
        if not _is_listed(found):
            return []
        self.shaping.payout = payout
        try:
            return self._beside("payout", payout)
        finally:
            self.shaping.payout = None

    def _payout_of(self, item):
        """The payout that has paid a transaction out; ``None`` where there is none, or
        none is found."""
        source = item.get("source")
        available = item.get("available_on")
        if item.get("status") != "available" or not source or not available:
            return None
        window = _paid_between(available, available)
        candidates = ask.page(self.client, PAYOUTS, window).data["data"]
        for payout in reversed(candidates):
            if not _is_listed(payout):
                continue
            params = (("payout", payout["id"]), ("source", id_of(source)))
            data = ask.page(self.client, self.listing.path, params).data["data"]
            if any(each["id"] == item["id"] for each in data):
                return payout["id"]
        return None

    def _is_own(self, remote_id):
        """A payout stands for all that it paid out."""
        return not remote_id.startswith("po_")


def _paid_between(first, last):
    """Parameters for the payouts that may have paid out what became available then."""
    return (
        ("created[gte]", first - DAY),
        ("created[lte]", last + PAID_WITHIN * DAY),
    )


def _is_listed(payout):
    """Whether Stripe lists what a payout paid out."""
    status = payout.get("reconciliation_status")
    return bool(payout.get("automatic")) and status != NOT_APPLICABLE
