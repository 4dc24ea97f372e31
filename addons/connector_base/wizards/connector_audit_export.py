from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import sealing
from ..models.connector_seal_check import as_sealed

#: Rows that are in memory at once.
PAGE_ROWS = 1000
TABLES = {"audit": ["connector.audit"], "log": ["connector.log"]}


class ConnectorAuditExport(models.TransientModel):
    """Choose rows of audit and log, and take them along in a signed file.

    Who exports gets what he may read, no more. The file is made page by page while it
    is sent; see ``engine.sealing`` for what its lines are and how it is checked.
    """

    _name = "connector.audit.export"
    _description = "Export of the Audit"

    table = fields.Selection(
        [("audit", "Audit"), ("log", "Log"), ("both", "Both")],
        string="What",
        required=True,
        default="audit",
    )
    date_from = fields.Datetime(string="From")
    date_to = fields.Datetime(string="Until")
    connection_id = fields.Many2one("connector.connection")
    user_id = fields.Many2one("res.users", string="Person")
    res_model = fields.Char(string="Model", help="Technical name, as res.partner.")
    res_id = fields.Integer(string="Record ID")
    row_count = fields.Integer(string="Rows", compute="_compute_row_count")
    public_key = fields.Char(compute="_compute_public_key")

    @api.depends(
        *("table", "date_from", "date_to", "connection_id", "user_id"),
        *("res_model", "res_id"),
    )
    def _compute_row_count(self):
        for export in self:
            export.row_count = sum(
                self.env[model].search_count(export._domain())
                for model in export._models()
            )

    def _compute_public_key(self):
        self.public_key = (
            self.env["connector.signing.key"].sudo()._current()[0].public_key
        )

    def _models(self):
        return TABLES.get(self.table) or [
            name for names in TABLES.values() for name in names
        ]

    def _domain(self):
        domain = Domain.TRUE
        if self.date_from:
            domain &= Domain("create_date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("create_date", "<=", self.date_to)
        if self.connection_id:
            domain &= Domain("connection_id", "=", self.connection_id.id)
        if self.user_id:
            domain &= Domain("user_id", "=", self.user_id.id)
        if self.res_model:
            domain &= Domain("res_model", "=", self.res_model)
        if self.res_id:
            domain &= Domain("res_id", "=", self.res_id)
        return domain

    def _filter_in_words(self):
        """What was asked for, for the first line of the file and for the audit."""
        return {
            "table": self.table,
            "from": self.date_from and fields.Datetime.to_string(self.date_from),
            "until": self.date_to and fields.Datetime.to_string(self.date_to),
            "connection": self.connection_id.name or False,
            "person": self.user_id.login or False,
            "model": self.res_model,
            "record": self.res_id,
        }

    def action_export(self):
        """Download the file."""
        self.ensure_one()
        if self.res_id and not self.res_model:
            raise UserError(self.env._("Say of which model the record is."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/connector/audit/export/{self.id}",
            "target": "download",
        }

    def _note_export(self):
        """That somebody took rows along is a fact of the audit, too."""
        chain = self.env["connector.seal.chain"].sudo()
        asked = {
            name: [None, value]
            for name, value in self._filter_in_words().items()
            if value
        }
        asked[self.env._("Rows")] = [None, self.row_count]
        self.env["connector.audit"]._note(
            chain._of(self.env[self._models()[0]]).sudo(False), "export", asked
        )

    # -- the file -------------------------------------------------------------

    def _lines(self):
        """The lines of the file as bytes, one after the other.

        Seals come after the rows that they cover. Rows that came after the file was
        begun are not in it.
        """
        self.ensure_one()
        _key, private = self.env["connector.signing.key"]._current()
        writer = sealing.ExportWriter(private)
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        yield writer.head(
            {
                "database": database,
                "by": f"{self.env.user.name} ({self.env.user.login})",
                "at": fields.Datetime.to_string(fields.Datetime.now()),
                "filter": self._filter_in_words(),
            }
        )
        for model in self._models():
            yield from self._lines_of(self.env[model], writer)
        yield writer.end()

    def _lines_of(self, rows, writer):
        chain = self.env["connector.seal.chain"].sudo()._of(rows)
        erasures = self.env["connector.seal.erasure"].sudo()
        seals = self._seals_of(chain)
        seal = next(seals, None)
        after_id = 0
        while True:
            page = self._page(rows, after_id)
            last_id = page[-1]["id"] if page else after_id
            erased = erasures._of(chain, after_id, last_id)
            for content in page:
                while seal and seal.last_id < content["id"]:
                    yield self._seal_line(seal, writer)
                    seal = next(seals, None)
                covered = seal and seal.after_id < content["id"]
                yield writer.row(
                    rows._name,
                    content,
                    seal.number if covered else None,
                    self._sealed_as(erased, content) if covered else None,
                )
            if len(page) < PAGE_ROWS:
                break
            after_id = last_id
            self.env.invalidate_all()
        while seal:
            yield self._seal_line(seal, writer)
            seal = next(seals, None)

    def _page(self, rows, after_id):
        """Contents of the next rows that the user may read."""
        query = rows._search(
            self._domain() & Domain("id", ">", after_id), order="id", limit=PAGE_ROWS
        )
        return rows._contents(
            SQL("id IN %s", query.subselect()), rows._seal_format(), PAGE_ROWS
        )

    def _seals_of(self, chain):
        """The seals of a chain in order, a page of them in memory."""
        number = 0
        seals = self.env["connector.seal"].sudo()
        while page := seals.search(
            [("chain_id", "=", chain.id), ("number", ">", number)],
            order="number",
            limit=PAGE_ROWS,
        ):
            yield from page
            number = page[-1].number

    def _sealed_as(self, erased, content):
        """The hash that a row was sealed with, where it was erased since."""
        leaf = sealing.digest(content)
        before = as_sealed(erased, content["id"], leaf)
        return before if before != leaf else None

    def _seal_line(self, seal, writer):
        expired = seal.expired_at and fields.Datetime.to_string(seal.expired_at)
        return writer.seal(seal._header(), seal.hash, seal.signature, expired or None)
