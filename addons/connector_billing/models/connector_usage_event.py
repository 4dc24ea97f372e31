import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..engine import recurring

#: Events that one call may bring.
MOST_EVENTS = 10_000
STATES = [
    ("waiting", "Waiting for Its Subscription"),
    ("new", "To Be Summed Up"),
    ("counted", "Counted"),
]


class ConnectorUsageEvent(models.Model):
    """One use of something that is billed by usage, as the product told it.

    Events come by :meth:`take_usage`, each once, whatever is told again. One whose
    subscription isn't known yet waits for it. They are never changed.
    """

    _name = "connector.usage.event"
    _description = "Usage Event"
    _order = "occurred_at desc, id desc"
    _rec_name = "event_key"

    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    event_key = fields.Char(string="Event", required=True, readonly=True)
    subscription_ref = fields.Char(string="Subscription or Item", readonly=True)
    meter = fields.Char(readonly=True)
    quantity = fields.Float(
        required=True, readonly=True, digits=0, min_display_digits="Product Unit"
    )
    occurred_at = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting")
    item_id = fields.Many2one(
        "connector.subscription.item",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    subscription_id = fields.Many2one(related="item_id.subscription_id")
    total_id = fields.Many2one(
        "connector.usage.total",
        string="Counted In",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _event_uniq = models.UniqueIndex(
        "(connection_id, event_key)", "An event of usage counts once."
    )
    _open_idx = models.Index("(connection_id, state) WHERE state <> 'counted'")

    # -- in -------------------------------------------------------------------

    @api.model
    def take_usage(self, connection_id, events):
        """Take events of usage; each is kept once, however often it is told.

        To be called over RPC by what meters, in batches: all good events of a call are
        stored when it returns.

        :param connection_id: id of the ``connector.connection`` that bills the usage
        :param events: list of at most 10,000 dicts:

            - ``event_id``: its name, unique for the connection
            - ``quantity``: number, or decimal text; 0 or more
            - ``occurred_at``: ISO 8601 with its zone
            - ``subscription``: number or remote id of the subscription, or the remote
              id of one of its items
            - ``meter``: which meter, where the subscription has several metered items

        :return: list of ``{"event_id", "result", "reason"}`` in the same order; the
            result is ``taken``, ``waiting`` (its subscription isn't known yet),
            ``known`` (came before) or ``refused``, for the reason that is given
        :raises AccessError: who calls is no operator, or of another company
        """
        if not self.env.user.has_group("connector_base.group_operator"):
            raise AccessError(self.env._("Usage is told by operators of connectors."))
        connection = self.env["connector.connection"].browse(connection_id).exists()
        connection.check_access("read")
        if not connection or len(events) > MOST_EVENTS:
            raise ValidationError(
                self.env._(
                    "Name a connection, and not more than %s events at once.",
                    MOST_EVENTS,
                )
            )
        return self.sudo()._take(connection.sudo(), events)

    def _take(self, connection, events):
        rows, answers = {}, []
        for event in events:
            row, reason = self._read_event(event)
            key = row["event_key"] if row else event.get("event_id")
            if row and key in rows:
                row, reason = None, "known"
            if row:
                rows[key] = row
            answers.append((key, row, reason))
        new = self._insert(connection, list(rows.values()))
        new._assign()
        states = {event.event_key: event.state for event in new}
        given = []
        for key, row, reason in answers:
            if row is None:
                result = "known" if reason == "known" else "refused"
            else:
                state = states.get(key)
                result = {None: "known", "waiting": "waiting"}.get(state, "taken")
            why = reason if result == "refused" else None
            given.append({"event_id": key, "result": result, "reason": why})
        return given

    def _read_event(self, event):
        """:return: ``(values, None)``, or ``(None, why it is refused)``"""
        _ = self.env._
        if not isinstance(event, dict):
            return None, _("An event is a dictionary.")
        key = event.get("event_id")
        if not key or not isinstance(key, str):
            return None, _("It has no event_id.")
        if not event.get("subscription"):
            return None, _("It names no subscription.")
        try:
            quantity = recurring.number(event.get("quantity"))
        except ArithmeticError:
            return None, _("Its quantity is no number.")
        if event.get("quantity") is None or not quantity.is_finite() or quantity < 0:
            return None, _("Its quantity must be 0 or more.")
        try:
            moment = datetime.datetime.fromisoformat(str(event.get("occurred_at")))
        except ValueError:
            return None, _("Its occurred_at is no moment in ISO 8601.")
        if not moment.tzinfo:
            return None, _("Its occurred_at has no time zone.")
        return {
            "event_key": key,
            "subscription_ref": str(event["subscription"]),
            "meter": event.get("meter") or None,
            "quantity": quantity,
            "occurred_at": moment.astimezone(datetime.UTC).replace(tzinfo=None),
        }, None

    def _insert(self, connection, rows):
        """Insert what isn't there; :return: the new ones"""
        if not rows:
            return self
        # In order: two calls with the same events wait, and don't lock each other out.
        rows = sorted(rows, key=lambda row: row["event_key"])
        names = ("event_key", "subscription_ref", "meter", "quantity", "occurred_at")
        now = fields.Datetime.now()
        values = [
            (
                *(row[name] for name in names),
                *(connection.id, connection.company_id.id, "waiting"),
                *(self.env.uid, now, self.env.uid, now),
            )
            for row in rows
        ]
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_usage_event (
                    event_key, subscription_ref, meter, quantity, occurred_at,
                    connection_id, company_id, state,
                    create_uid, create_date, write_uid, write_date)
                VALUES %s ON CONFLICT (connection_id, event_key) DO NOTHING
                RETURNING id
                """,
                SQL(", ").join(SQL("%s", row) for row in values),
            )
        )
        self.invalidate_model()
        return self.browse(event_id for (event_id,) in found)

    # -- whose ----------------------------------------------------------------

    def _assign(self):
        """Find the items of events that wait for theirs; a few queries for all."""
        for connection, events in self.grouped("connection_id").items():
            refs = list(set(events.mapped("subscription_ref")))
            by_ref = events._items_of_refs(connection, refs)
            groups = {}
            for event in events:
                items = by_ref.get(event.subscription_ref, ())
                if event.meter:
                    items = [i for i in items if i.price_id.meter == event.meter]
                if len(items) == 1:
                    groups.setdefault(items[0].id, []).append(event.id)
            for item_id, ids in groups.items():
                self.browse(ids).write({"item_id": item_id, "state": "new"})

    def _items_of_refs(self, connection, refs):
        """``{name of a subscription or item: [its metered items]}``"""
        items = self.env["connector.subscription.item"].with_context(active_test=False)
        subscriptions = self.env["connector.subscription"]
        bound = self.env["connector.binding"]._res_ids(
            connection, "billing.subscription", refs
        )
        of_account = [("connection_id", "=", connection.id)]
        names = {
            one.id: [one.number]
            for one in subscriptions.search([*of_account, ("number", "in", refs)])
        }
        for ref, subscription_id in bound.items():
            names.setdefault(subscription_id, []).append(ref)
        found = {}
        rows = items.search(
            [
                ("metered", "=", True),
                ("subscription_id.connection_id", "=", connection.id),
                "|",
                ("remote_ref", "in", refs),
                "&",
                ("subscription_id", "in", list(names)),
                ("active", "=", True),
            ]
        )
        for item in rows:
            for name in {item.remote_ref, *names.get(item.subscription_id.id, ())}:
                found.setdefault(name, []).append(item)
        return found

    @api.model
    def _cron_count(self):
        """Find whose the waiting ones are, and sum up what is new."""
        self.search([("state", "=", "waiting")], limit=MOST_EVENTS)._assign()
        totals = self.env["connector.usage.total"]
        while True:
            events = self.search([("state", "=", "new")], limit=MOST_EVENTS, order="id")
            if events:
                totals._count(events)
            left = self.search_count([("state", "=", "new")], limit=1)
            if not self.env["ir.cron"]._commit_progress(len(events), remaining=left):
                break
            if not left:
                break
