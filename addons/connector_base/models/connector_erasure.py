import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import crypto
from ..engine.person import Person

KINDS = [
    ("connector", "Connectors"),
    ("business", "Odoo"),
    ("remote", "Other Systems"),
]
#: Days that a request waits for somebody to go on with it; requests closed at once.
KEEP_FOUND_DAYS = 30
VACUUM_BATCH = 100


class ConnectorErasure(models.Model):
    """A request to find, or to erase, what the connectors hold about one person.

    Who the person is stands here encrypted, and only until the request is done. What
    stays is who asked, when and why, the numbers of each place, and digests with a key
    of their own, which tell later whether a person was erased, and nobody who.
    """

    _name = "connector.erasure"
    _inherit = ["connector.guard", "connector.encrypted"]
    _description = "Personal Data Request"
    _order = "id desc"
    _encrypted = ("subject_token", "digest_token")

    name = fields.Char(string="Request", compute="_compute_name")
    state = fields.Selection(
        [
            ("searching", "Is Looked For"),
            ("found", "Found"),
            ("erasing", "Is Erased"),
            ("done", "Done"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="searching",
    )
    requested_by_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.uid
    )
    requested_at = fields.Datetime(
        string="Requested", readonly=True, default=fields.Datetime.now
    )
    erased_by_id = fields.Many2one("res.users", readonly=True)
    erased_at = fields.Datetime(string="Erased On", readonly=True)
    reason = fields.Char(readonly=True)
    before = fields.Char(
        string="Erased Before", readonly=True, help="Requests of the same person."
    )
    subject = fields.Char(string="Who", compute="_compute_subject")
    subject_token = fields.Text(readonly=True, copy=False, groups=fields.NO_ACCESS)
    digest_token = fields.Text(readonly=True, copy=False, groups=fields.NO_ACCESS)
    digests = fields.Json(readonly=True, copy=False, groups=fields.NO_ACCESS)
    line_ids = fields.One2many("connector.erasure.line", "erasure_id", readonly=True)
    found_count = fields.Integer(string="Found", compute="_compute_counts")
    erased_count = fields.Integer(string="Erased", compute="_compute_counts")
    left_count = fields.Integer(string="Left", compute="_compute_counts")

    def _compute_name(self):
        for erasure in self:
            erasure.name = self.env._("Request %s", erasure.id)

    @api.depends("name")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = erasure.name

    @api.depends("line_ids.found", "line_ids.erased", "line_ids.left")
    def _compute_counts(self):
        for erasure in self:
            lines = erasure.line_ids.filtered(lambda line: line.kind == "connector")
            erasure.found_count = sum(lines.mapped("found"))
            erasure.erased_count = sum(lines.mapped("erased"))
            erasure.left_count = sum(lines.mapped("left"))

    @api.depends("subject_token", "state")
    def _compute_subject(self):
        """Who it is, as long as it isn't done, to administrators."""
        for erasure in self:
            erasure.subject = self.env._("Not kept")
            if erasure.sudo().subject_token:
                try:
                    person = erasure._person()
                except UserError as error:
                    erasure.subject = str(error)
                    continue
                said = [*sorted(person.names), *sorted(person.emails)]
                said += [*sorted(person.phones)]
                said += sorted({remote.remote_id for remote in person.remotes})
                erasure.subject = ", ".join(said[:8])

    # -- who ------------------------------------------------------------------

    @api.model
    def _request(self, person):
        """Begin to look for a person; in the background, since tables are large.

        :param person: ``engine.person.Person``
        """
        vault = self.env["connector.credential"].sudo()._vault()
        before = self.sudo()._of(person)
        erasure = self.sudo().create(
            {
                "subject_token": vault.encrypt(person.dump()),
                "before": ", ".join(before.mapped("display_name")) or False,
            }
        )
        erasure._begin("_job_find", self.env._("Find a person"))
        self.env["connector.audit"]._note(erasure.sudo(False), "find")
        return erasure.sudo(False)

    def _person(self):
        """:raises UserError: where no key of this server opens it"""
        self.ensure_one()
        vault = self.env["connector.credential"].sudo()._vault()
        try:
            return Person.load(vault.decrypt(self.sudo().subject_token))
        except crypto.VaultError as error:
            raise UserError(str(error)) from None

    @api.model
    def _of(self, person):
        """The requests by which this person was erased."""
        vault = self.env["connector.credential"].sudo()._vault()
        found = self.browse()
        for erasure in self.search([("digest_token", "!=", False)]):
            try:
                key = bytes.fromhex(vault.decrypt(erasure.digest_token))
            except crypto.VaultError:
                continue
            if set(person.digests(key)) & set(erasure.digests or ()):
                found |= erasure
        return found

    def _forget_subject(self, person):
        """Keep digests of who it was, with a key of their own, and nothing else."""
        vault = self.env["connector.credential"].sudo()._vault()
        key = secrets.token_bytes(32)
        self.sudo().write(
            {
                "subject_token": False,
                "digest_token": vault.encrypt(key.hex()),
                "digests": person.digests(key),
            }
        )

    # -- people ---------------------------------------------------------------

    @api.model
    def _check_administrator(self):
        """People are found in all companies: by who may see all that are connected.

        :raises AccessError: for everybody else
        """
        if not self.env.user.has_group("connector_base.group_administrator"):
            raise AccessError(
                self.env._("Only a connector administrator finds and erases people.")
            )
        connections = self.env["connector.connection"].sudo()
        if connections.with_context(active_test=False).search_count(
            [("company_id", "not in", self.env.user.company_ids.ids)], limit=1
        ):
            raise AccessError(
                self.env._(
                    "People are found in all companies that are connected, and you may"
                    " not see all of them: ask an administrator who does."
                )
            )

    def action_erase(self):
        """Ask for the reason first."""
        self.ensure_one()
        self._check_administrator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase What Was Found"),
            "res_model": "connector.person.erase",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_erasure_id": self.id},
        }

    def action_close(self):
        """Leave everything as it is, and keep nothing of who was looked for."""
        self._check_administrator()
        for erasure in self.sudo().filtered(lambda e: e.state == "found"):
            erasure.write({"state": "closed", "subject_token": False})
            self.env["connector.audit"]._note(erasure.sudo(False), "cancel")

    @api.autovacuum
    def _gc_left(self):
        """Close requests that nobody went on with: who was looked for isn't kept.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_FOUND_DAYS)
        left = self.search(
            [("state", "=", "found"), ("requested_at", "<", limit)], limit=VACUUM_BATCH
        )
        left.write({"state": "closed", "subject_token": False})
        return len(left), len(left) == VACUUM_BATCH

    def _erase(self, reason):
        """Erase in the background what was found, and what has come since.

        :raises UserError: where it isn't found yet, or erased already
        """
        self.ensure_one()
        self._check_administrator()
        if self.state != "found":
            raise UserError(self.env._("First it is looked for; it is erased once."))
        reason = self._person().without(reason.strip())
        self.sudo().line_ids.write({"after_id": 0, "done": False})
        self.sudo().write(
            {"state": "erasing", "reason": reason, "erased_by_id": self.env.uid}
        )
        self.env["connector.audit"]._note(self, "erase", None, reason)
        self.sudo()._begin("_job_erase", self.env._("Erase a person"))

    def _begin(self, method, name):
        self.env["connector.job"].enqueue(
            self, method, name=name, identity_key=f"erasure:{self.id}:{method}"
        )


class ConnectorErasureLine(models.Model):
    """What one place holds about a person, and what became of it."""

    _name = "connector.erasure.line"
    _description = "Place of Personal Data"
    _inherit = ["connector.guard"]
    _order = "erasure_id, id"
    _rec_name = "label"

    erasure_id = fields.Many2one(
        "connector.erasure",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(KINDS, string="Where", required=True, readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    label = fields.Char(string="Place", readonly=True)
    found = fields.Integer(readonly=True)
    erased = fields.Integer(readonly=True)
    left = fields.Integer(
        readonly=True, help="Rows that quoted the person still, when all was done."
    )
    first_at = fields.Datetime(string="From", readonly=True)
    last_at = fields.Datetime(string="Until", readonly=True)
    systems = fields.Char(readonly=True)
    note = fields.Text(string="What to Do", readonly=True)
    after_id = fields.Integer(readonly=True, aggregator=None)
    done = fields.Boolean(readonly=True)

    def _note_found(self, records):
        """Count a batch, with the time that it covers and the systems it is of."""
        self.ensure_one()
        self.found += len(records)
        field = records._fields.get(records._personal_date)
        if field is not None and field.store:
            [(first, last)] = self.env.execute_query(
                SQL(
                    "SELECT MIN(%(column)s), MAX(%(column)s) FROM %(table)s"
                    " WHERE id = ANY(%(ids)s)",
                    column=SQL.identifier(field.name),
                    table=SQL.identifier(records._table),
                    ids=records.ids,
                )
            )
            # Some keep microseconds, fields of Odoo don't.
            moments = [m.replace(microsecond=0) for m in (first, last) if m]
            if moments:
                known = [m for m in (self.first_at, self.last_at) if m]
                self.first_at = min(known + moments)
                self.last_at = max(known + moments)
        field = records._fields.get("connection_id")
        if field is not None and field.store:
            names = set(filter(None, (self.systems or "").split(", ")))
            names.update(records.connection_id.mapped("name"))
            self.systems = ", ".join(sorted(names))

    def action_open_records(self):
        """Odoo's own records: what becomes of them is decided there."""
        self.ensure_one()
        self.erasure_id._check_administrator()
        if self.kind != "business" or self.res_model not in self.env:
            raise UserError(self.env._("These can't be opened: they are the engine's."))
        ids = self.erasure_id._business_ids(self.res_model)
        return {
            "type": "ir.actions.act_window",
            "name": self.label,
            "res_model": self.res_model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
        }
