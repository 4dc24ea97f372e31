from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Rows of a seal, and seals that one run makes before it commits.
SEAL_ROWS = 5000
#: Rows that one pass of the vacuum deletes at least, if there are that many.
VACUUM_BATCH = 5000
#: Seals that one pass of the vacuum looks at.
EXPIRE_SEALS = 100


class ConnectorSealChain(models.Model):
    """How the rows of one append-only table are sealed, off the hot path.

    Numbers are given before their transactions commit, so that a row may appear below
    one that has been there for long. What is sealed must be settled: a run marks how
    far the table's ids reach, the next one which transactions there are, and once all
    of those are over, no row can appear up to the mark any more::

        run 1: ids reach 900 ─ run 2: transactions up to 5000 ─ run 3: the oldest that
                                                                goes on is 5003: seal
                                                                all up to 900

    A long transaction delays the seals, and nothing escapes them.
    """

    _name = "connector.seal.chain"
    _description = "Connector Seal Chain"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id"

    res_model = fields.Selection(
        "_selection_res_model", string="What Is Sealed", required=True, readonly=True
    )
    seal_ids = fields.One2many("connector.seal", "chain_id", readonly=True)
    last_seal_id = fields.Many2one("connector.seal", compute="_compute_last_seal_id")
    sealed_at = fields.Datetime(string="Sealed Last", compute="_compute_last_seal_id")
    head = fields.Char(string="Hash of the Last Seal", compute="_compute_last_seal_id")
    public_key = fields.Char(
        compute="_compute_public_key", help="By it auditors check seals and files."
    )
    # How far ids reached at the last run, and the mark that is waited for.
    reached_id = fields.Integer(readonly=True)
    mark_id = fields.Integer(readonly=True)
    mark_xid = fields.Char(readonly=True)
    trouble = fields.Char(readonly=True, help="What the administrators were told of.")

    _model_uniq = models.Constraint(
        "UNIQUE(res_model)", "A table has one chain of seals."
    )

    @api.model
    def _selection_res_model(self):
        return [
            (name, self.env["ir.model"].sudo()._get(name).name)
            for name in self._sealed_models()
        ]

    @api.model
    def _sealed_models(self):
        return ["connector.log", "connector.audit"]

    @api.depends("res_model")
    def _compute_display_name(self):
        names = dict(self._fields["res_model"]._description_selection(self.env))
        for chain in self:
            chain.display_name = names.get(chain.res_model, chain.res_model)

    @api.depends("seal_ids")
    def _compute_last_seal_id(self):
        for chain in self:
            seal = chain._last_seal()
            chain.last_seal_id, chain.head = seal, seal.hash
            chain.sealed_at = seal.sealed_at

    def _compute_public_key(self):
        keys = self.env["connector.signing.key"].sudo()
        self.public_key = keys.search([("token", "!=", False)], limit=1).public_key

    @api.model
    def _of(self, model):
        """The chain of a model's table, made on first use."""
        chain = self.search([("res_model", "=", model._name)])
        return chain or self.create({"res_model": model._name})

    def action_replace_key(self):
        """Sign with a new key from now on, see ``connector.signing.key``."""
        self.env["connector.signing.key"].action_replace()
        self.env["connector.audit"]._note(self, "replace")
        self.invalidate_model(["public_key"], flush=False)

    def _rows(self):
        return self.env[self.res_model]

    # -- seal -----------------------------------------------------------------

    @api.model
    def _cron_seal(self):
        """Seal what is settled of each table, a seal a transaction."""
        progress = self.env["ir.cron"]._commit_progress
        for name in self._sealed_models():
            chain = self._of(self.env[name])
            settled = chain._settled_id()
            progress()
            try:
                while chain._seal(settled):
                    if not progress(1, remaining=1):
                        return
            except UserError as error:
                self.env.cr.rollback()
                chain._tell(str(error))
                continue
            if chain.trouble:
                chain.trouble = False
        progress(remaining=0)

    def _tell(self, sentence):
        """Tell the administrators that something is wrong with the seals, once."""
        self.ensure_one()
        if self.trouble == sentence:
            return
        self.trouble = sentence
        kind = self.env.ref("mail.mail_activity_data_todo")
        known = self.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        group = self.env.ref("connector_base.group_administrator")
        users = group.all_user_ids.filtered(lambda user: user.active and not user.share)
        for user in users - known.user_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Look at the audit"),
                note=sentence,
                user_id=user.id,
            )
        self._message_log(body=sentence)

    def _settled_id(self):
        """Up to which id no row can appear any more; moves the mark on."""
        self.ensure_one()
        [(oldest, following, reached)] = self.env.execute_query(
            SQL(
                """
                SELECT pg_snapshot_xmin(snapshot)::text::bigint,
                       pg_snapshot_xmax(snapshot)::text::bigint,
                       (SELECT COALESCE(MAX(id), 0) FROM %s)
                  FROM pg_current_snapshot() AS snapshot
                """,
                SQL.identifier(self._rows()._table),
            )
        )
        mark_xid = int(self.mark_xid or 0)
        # A copy in another server counts transactions anew; none of ours goes on there.
        over = not mark_xid or mark_xid > following or oldest >= mark_xid
        settled = self.mark_id if over else 0
        if over:
            self.mark_id, self.mark_xid = self.reached_id, str(following)
        self.reached_id = reached
        return settled

    def _seal(self, settled):
        """Seal the next rows up to a settled id.

        :return: whether there may be more
        """
        self.ensure_one()
        self.lock_for_update()
        previous = self._last_seal()
        if settled <= previous.last_id:
            return False
        rows = self._rows()
        leaves = rows._leaves(previous.last_id, settled, rows._seal_format(), SEAL_ROWS)
        if not leaves:
            return False
        last_id = leaves[-1][0] if len(leaves) == SEAL_ROWS else settled
        [(newest_at,)] = self.env.execute_query(
            SQL(
                "SELECT MAX(create_date) FROM %s WHERE id > %s AND id <= %s",
                SQL.identifier(rows._table),
                previous.last_id,
                last_id,
            )
        )
        key, private = self.env["connector.signing.key"]._current()
        self.env["connector.seal"]._insert(
            self, previous, leaves, last_id, newest_at, key, private
        )
        self.invalidate_recordset(["seal_ids", "last_seal_id"], flush=False)
        return len(leaves) == SEAL_ROWS

    def _last_seal(self):
        return self.env["connector.seal"].search([("chain_id", "=", self.id)], limit=1)

    # -- retention ------------------------------------------------------------

    def _expire(self):
        """Delete the rows of seals all of whose rows are past their time.

        The seals stay, so that the chain can be followed; they tell who deleted their
        rows and when, and that is signed. What isn't sealed yet isn't deleted.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        self.ensure_one()
        rows, seals = self._rows(), self.env["connector.seal"]
        due = seals.search(
            [
                ("chain_id", "=", self.id),
                ("expired_at", "=", False),
                ("newest_at", "<", rows._kept_until()),
            ],
            order="number",
            limit=EXPIRE_SEALS,
        )
        if not due:
            return 0, False
        _key, private = self.env["connector.signing.key"]._current()
        done, expired = 0, seals
        for seal in due:
            if done >= VACUUM_BATCH:
                break
            done += seal._expire(rows, private)
            expired |= seal
        self.env["connector.audit"]._note(
            self,
            "expire",
            changes={
                self.env._("Seals"): [
                    None,
                    f"{expired[0].number}–{expired[-1].number}",
                ],
                self.env._("Rows Deleted"): [None, done],
            },
        )
        return done, expired != due or len(due) == EXPIRE_SEALS
