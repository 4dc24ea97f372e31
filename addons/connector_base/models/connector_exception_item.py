from odoo import api, fields, models
from odoo.tools import SQL

from .bulk_insert import bulk_insert

#: Items that one retry job reads again from the vendor.
RETRY_BATCH = 500


class ConnectorExceptionItem(models.Model):
    _name = "connector.exception.item"
    _inherit = ["connector.guard", "connector.record.mixin", "connector.kept.payload"]
    _description = "Connector Exception Item"
    _order = "id desc"
    _rec_name = "remote_id"

    # Found by the unique constraint that begins with it.
    exception_id = fields.Many2one(
        "connector.exception", string="Cause", required=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(
        related="exception_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(related="exception_id.company_id", store=True)
    currency_id = fields.Many2one(related="exception_id.currency_id", store=True)
    user_id = fields.Many2one(related="exception_id.user_id")
    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, ondelete="cascade"
    )
    blocking = fields.Boolean(related="exception_id.blocking", store=True)
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")],
        required=True,
        readonly=True,
        default="pull",
    )
    remote_id = fields.Char(
        string="Remote ID",
        readonly=True,
        help="Empty for a record that the remote system doesn't have yet.",
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Odoo Record", model_field="res_model", readonly=True
    )
    record_name = fields.Char(string="Record in Odoo")
    # A person must know which record is meant to decide about it.
    label = fields.Char(
        string="Record", readonly=True, groups="connector_base.group_operator"
    )
    partner_label = fields.Char(
        string="Customer", readonly=True, groups="connector_base.group_operator"
    )
    amount = fields.Monetary(
        readonly=True, help="What the record is worth, in the company's currency."
    )
    message = fields.Char(string="What Happened", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        required=True,
        default="open",
        readonly=True,
    )
    ignore_reason = fields.Char(readonly=True)
    depends_entity = fields.Char(readonly=True)
    depends_remote_id = fields.Char(readonly=True)
    depends_res_id = fields.Integer(readonly=True, aggregator=None)
    first_seen_at = fields.Datetime(
        string="First Seen", related="create_date", readonly=True
    )
    last_seen_at = fields.Datetime(
        string="Last Seen", readonly=True, default=fields.Datetime.now
    )

    _remote_uniq = models.Constraint(
        "UNIQUE(exception_id, flow_id, remote_id)", "A cause names each record once."
    )
    _record_uniq = models.UniqueIndex(
        "(exception_id, flow_id, res_id) WHERE direction = 'push'",
        "A cause names each record once.",
    )
    _flow_idx = models.Index("(flow_id, remote_id) WHERE state = 'open'")
    # The form's first records, and a retry of a whole cause batch by batch.
    _cause_idx = models.Index("(exception_id, flow_id, id) WHERE state = 'open'")
    # The list as it opens, and the search for a record by its remote id.
    _open_idx = models.Index("(id DESC) WHERE state = 'open'")
    _remote_idx = models.Index("(remote_id)")
    _depends_idx = models.Index(
        "(connection_id, depends_entity, depends_remote_id)"
        " WHERE state = 'open' AND depends_remote_id IS NOT NULL"
    )

    @api.depends_context("uid")
    @api.depends("remote_id", "label")
    def _compute_display_name(self):
        """Its name to those who may see it, its number to others."""
        named = self.env.user.has_group("connector_base.group_operator")
        for item in self:
            label = named and item.sudo().label
            item.display_name = label or item.remote_id or str(item.res_id)

    # -- note -----------------------------------------------------------------

    @api.model
    def _note(self, flow, groups):
        """Note the records of several causes; one that is noted already is renewed.

        :param groups: list of ``(exception, [(connector_mapper.Mapped, Problem)])``
        """
        stakes = self._stakes(
            flow,
            {
                mapped.record.remote_id: mapped
                for _exception, group in groups
                for mapped, _problem in group
            },
        )
        entity = flow._entity_model()
        self._note_held(
            flow,
            "pull",
            "remote_id",
            [
                (
                    exception,
                    {
                        **self._vals_of(
                            exception,
                            mapped,
                            problem,
                            entity._kept_payload(flow, mapped.record.values),
                        ),
                        **stakes[mapped.record.remote_id],
                    },
                )
                for exception, group in groups
                for mapped, problem in group
            ],
        )

    @api.model
    def _note_held(self, flow, direction, name, cases):
        """Note records that are named by a field of ours, one row a cause and record.

        :param name: ``remote_id`` or ``res_id``
        :param cases: list of ``(exception, values of its item)``, that field among them
        """
        known = {
            (item.exception_id.id, item[name]): item
            for item in self.search(
                [
                    ("exception_id", "in", [exception.id for exception, _v in cases]),
                    ("flow_id", "=", flow.id),
                    ("direction", "=", direction),
                    (name, "in", [vals[name] for _exception, vals in cases]),
                ]
            )
        }
        now = fields.Datetime.now()
        renewed = self.browse()
        rows, changes = [], {}
        for exception, vals in cases:
            item = known.get((exception.id, vals[name]))
            if item is None:
                added = (1, vals["amount"])
                rows.append(
                    {
                        **self._columns(vals),
                        "exception_id": exception.id,
                        "connection_id": flow.connection_id.id,
                        "company_id": flow.company_id.id,
                        "currency_id": flow.company_id.currency_id.id,
                        "flow_id": flow.id,
                        "blocking": exception.blocking,
                        "direction": direction,
                        "state": "open",
                        "last_seen_at": now,
                    }
                )
                # The same record may come twice under one cause.
                known[exception.id, vals[name]] = self.browse()
            elif item and item not in renewed:
                was_open = item.state == "open"
                before = item.amount if was_open else 0
                added = (int(not was_open), vals["amount"] - before)
                renewed |= item
                if any(item[key] != value for key, value in vals.items()):
                    item.write(vals)
            else:
                continue
            count, amount = changes.get(exception.id, (0, 0))
            changes[exception.id] = (count + added[0], amount + added[1])
        renewed.write({"last_seen_at": now, "state": "open"})
        bulk_insert(self, rows)
        self.invalidate_model()
        self.env["connector.exception"]._count(changes)

    def _columns(self, vals):
        """Values as their columns keep them: the payload is encrypted."""
        token = self._payload_locked(vals.get("payload"))
        return {k: v for k, v in vals.items() if k != "payload"} | {
            "payload_token": token
        }

    def _vals_of(self, exception, mapped, problem, payload):
        entity, depends_id = problem.depends_on or (False, False)
        return {
            "remote_id": mapped.record.remote_id,
            "payload": payload,
            "message": exception._sentence(
                problem.code, {**problem.params, **problem.details}
            ),
            "depends_entity": entity,
            "depends_remote_id": depends_id,
        }

    # -- what is at stake -----------------------------------------------------

    def _stakes(self, flow, by_key):
        """What the records of a batch are called and worth, and whose they are.

        :param by_key: ``{key: connector_mapper.Mapped}``
        :return: ``{key: {"label": …, "amount": …, "partner_label": …}}``
        """
        entity = flow._entity_model()
        partners = {
            key: entity._partner_id_of(mapped) for key, mapped in by_key.items()
        }
        names = self._partner_names(partners.values())
        currencies = {}
        stakes = {}
        for key, mapped in by_key.items():
            amount, code = entity._amount_of(mapped) or (None, None)
            if amount and code not in currencies:
                currencies[code] = self._currency(flow, code)
            stakes[key] = {
                "label": entity._label_of(mapped) or key,
                "amount": self._in_company_currency(flow, amount, currencies.get(code)),
                "partner_label": names.get(partners[key], False),
            }
        return stakes

    def _partner_names(self, ids):
        partners = self.env["res.partner"].browse({i for i in ids if i}).exists()
        return {partner.id: partner.display_name for partner in partners}

    def _currency(self, flow, code):
        """The currency of an amount; without a code it is the account's own."""
        connection = flow.connection_id
        if not code:
            return connection.currency_id or connection.company_id.currency_id
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "=", code.upper())], limit=1)

    def _in_company_currency(self, flow, amount, currency):
        """An amount as the company counts; 0 where it has no rate for it."""
        company = flow.company_id
        if not amount or not currency:
            return 0.0
        if currency != company.currency_id:
            if not flow._entity_model()._has_rate(currency, company):
                return 0.0
            today = fields.Date.context_today(self)
            return currency._convert(float(amount), company.currency_id, company, today)
        return currency.round(float(amount))

    # -- close ----------------------------------------------------------------

    def _close(self, state):
        """Close items and count them off; a cause without any closes, too.

        :param state: ``resolved`` or ``ignored``
        """
        if not self:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH closed AS (
                    UPDATE connector_exception_item SET state = %s
                     WHERE id = ANY(%s) AND state = 'open'
                    RETURNING exception_id, COALESCE(amount, 0) AS amount)
                SELECT exception_id, COUNT(*), SUM(amount)
                  FROM closed GROUP BY exception_id
                """,
                state,
                self.ids,
            )
        )
        self.invalidate_model(["state"], flush=False)
        self.env["connector.exception"]._count(
            {key: (-count, -float(amount)) for key, count, amount in rows}
        )
        self.env["connector.exception"].browse(
            [row[0] for row in rows]
        )._close_if_done()

    # -- retry ----------------------------------------------------------------

    @api.model
    def _release_dependents(self, connection, entity, remote_ids, res_ids):
        """Try the records again that waited for those which are bound now.

        :param remote_ids: for which records of the remote system waited
        :param res_ids: for which records of Odoo waited
        """
        waiting = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "=", "open"),
                ("depends_entity", "=", entity),
                "|",
                ("depends_remote_id", "in", remote_ids),
                ("depends_res_id", "in", res_ids),
            ]
        )
        waiting._retry()

    def _retry(self):
        """Enqueue trying these records again, in jobs of bounded size."""
        outgoing = self.filtered(lambda item: item.direction == "push")
        outgoing._retry_outgoing()
        for flow, items in (self - outgoing).grouped("flow_id").items():
            remote_ids = sorted(set(items.mapped("remote_id")))
            for start in range(0, len(remote_ids), RETRY_BATCH):
                self.env["connector.pull"]._enqueue_ids(
                    flow, remote_ids[start : start + RETRY_BATCH]
                )

    def action_retry(self):
        self.check_access("write")
        self._retry()
