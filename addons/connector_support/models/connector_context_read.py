from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, hmac

from odoo.addons.connector_base.models.bulk_delete import bulk_delete
from odoo.addons.connector_base.models.loose_many2one import LooseMany2one

KEY_KINDS = [
    ("email", "E-mail Address"),
    ("external_id", "ID"),
    ("ticket", "Ticket"),
]
#: Rows that one pass of the vacuum deletes.
VACUUM_BATCH = 5000
RETENTION_PARAMETER = "connector_support.context_read_retention_days"
RETENTION_DAYS = 400
#: Scope of the keyed hash of addresses.
SCOPE = "connector_support.context"


class ConnectorContextRead(models.Model):
    """What was read with a token: one line a read, appended and never changed.

    Without e-mail addresses and ids that were asked for. A line waits for nobody: who
    edits a token or a customer doesn't hold it up.
    """

    _name = "connector.context.read"
    _description = "Read of the Context API"
    _order = "id desc"
    _rec_name = "create_date"
    _log_access = False

    create_date = fields.Datetime(string="When", readonly=True, index=True)
    # Lines go with their token when its desk is deleted, as the desk's log does.
    token_id = fields.Many2one(
        "connector.context.token", required=True, readonly=True, ondelete="cascade"
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    # No link: the customer may be deleted as long as the line stands.
    partner_ref = fields.Integer(string="Customer's ID", readonly=True, aggregator=None)
    customer = fields.Char(compute="_compute_customer")
    key_kind = fields.Selection(KEY_KINDS, string="Asked By", readonly=True)
    is_found = fields.Boolean(string="Found", readonly=True)
    address_hash = fields.Char(
        string="Caller",
        readonly=True,
        help="Tells callers apart; the address itself is not kept.",
    )

    _token_idx = models.Index("(token_id, create_date)")

    @api.depends("partner_ref")
    def _compute_customer(self):
        refs = {read.partner_ref for read in self if read.partner_ref}
        partners = self.env["res.partner"].sudo().browse(refs).exists()
        names = {partner.id: partner.display_name for partner in partners}
        for read in self:
            read.customer = names.get(read.partner_ref, False)

    @api.model
    def _append(self, target, question, partner_id, caller):
        """Add a line, past the ORM.

        :param target: ``ContextTarget``
        :param question: ``engine.context_api.Question``
        :param partner_id: id of the commercial entity, or ``None``
        :param caller: network address of who asks
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_context_read (
                    create_date, token_id, company_id, partner_ref, key_kind, is_found,
                    address_hash
                ) VALUES (%s, %s, %s, %s, %s, %s, %s)
                """,
                fields.Datetime.now(),
                target.token_id,
                target.company_id,
                partner_id,
                question.kind,
                bool(partner_id),
                hmac(self.env, SCOPE, caller or "")[:16],
            )
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What was read can't be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was read can't be deleted."))

    @api.autovacuum
    def _gc_expired(self):
        """Delete lines past their retention, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        parameters = self.env["ir.config_parameter"].sudo()
        days = int(parameters.get_param(RETENTION_PARAMETER, RETENTION_DAYS))
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return bulk_delete(
            self, SQL("create_date < %s ORDER BY id", limit), VACUUM_BATCH
        )
