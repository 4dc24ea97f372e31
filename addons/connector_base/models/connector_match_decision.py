from odoo import api, fields, models
from odoo.tools import SQL


class ConnectorMatchDecision(models.Model):
    """What a person decided about a remote record: which Odoo record it is, or none.

    It stands until the record has been taken, whatever else holds it up meanwhile, and
    is then noted in the log. An Odoo record that is promised to one remote record is no
    candidate for others.
    """

    _name = "connector.match.decision"
    _description = "Connector Match Decision"
    _inherit = ["connector.guard", "connector.record.mixin"]
    _order = "id desc"
    _rec_name = "remote_id"

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    entity = fields.Char(required=True, readonly=True)
    remote_id = fields.Char(string="Remote ID", required=True, readonly=True)
    action = fields.Selection(
        [("link", "Link"), ("create", "Create New")], required=True, readonly=True
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Decided By", readonly=True)

    _remote_uniq = models.Constraint(
        "UNIQUE(connection_id, entity, remote_id)",
        "A remote record is decided on once.",
    )
    _record_uniq = models.UniqueIndex(
        "(connection_id, entity, res_id) WHERE action = 'link'",
        "Another remote record is to be linked to that record already.",
    )

    @api.model
    def _decide(self, flow, choices):
        """Note decisions; an earlier one about the same record is replaced.

        :param choices: ``{remote id: Odoo id, or None for a new record}``
        """
        if not choices:
            return
        decisions = self.sudo()
        of_flow = [
            ("connection_id", "=", flow.connection_id.id),
            ("entity", "=", flow.entity),
        ]
        decisions.search([*of_flow, ("remote_id", "in", list(choices))]).unlink()
        decisions.create(
            [
                {
                    "connection_id": flow.connection_id.id,
                    "entity": flow.entity,
                    "remote_id": remote_id,
                    "action": "link" if res_id else "create",
                    "res_model": flow.res_model,
                    "res_id": res_id,
                    "user_id": self.env.uid,
                }
                for remote_id, res_id in choices.items()
            ]
        )

    @api.model
    def _apply(self, run, batch):
        """Do with records as was decided; :return: those left to the rules

        A decision for a record that is gone, or somebody else's by now, is void.
        """
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT d.id, d.remote_id, d.action, d.res_id, p.name AS who
                  FROM connector_match_decision d
                  LEFT JOIN res_users u ON u.id = d.user_id
                  LEFT JOIN res_partner p ON p.id = u.partner_id
                 WHERE d.connection_id = %s AND d.entity = %s AND d.remote_id = ANY(%s)
                """,
                run.connection.id,
                run.entity_name,
                [mapped.record.remote_id for mapped in batch],
            )
        )
        if not rows:
            return batch
        ids = [row["res_id"] for row in rows if row["res_id"]]
        existing = set(self.env[run.entity._entity_model].browse(ids).exists().ids)
        existing -= (
            self.env["connector.binding"]._bound_res_ids(
                run.connection, run.entity_name, ids
            )
            if ids
            else set()
        )
        decided, void = {}, []
        for row in rows:
            if row["action"] == "link" and row["res_id"] not in existing:
                void.append(row["id"])
            else:
                decided[row["remote_id"]] = row
        self.browse(void).unlink()
        rest = []
        for mapped in batch:
            row = decided.get(mapped.record.remote_id)
            if row is None:
                rest.append(mapped)
                continue
            mapped.record_id = row["res_id"]
            mapped.note = self.env._("As %s decided.", row["who"])
            mapped.match_decided = True
        return rest

    @api.model
    def _finish(self, run, done):
        """Decisions about records that have been taken are done."""
        ids = [mapped.record.remote_id for mapped in done if mapped.match_decided]
        self._forget(run.flow, ids)

    @api.model
    def _forget(self, flow, remote_ids):
        """Drop decisions: the records were taken, are gone there, or are let be."""
        if remote_ids:
            self.sudo().search(
                [
                    ("connection_id", "=", flow.connection_id.id),
                    ("entity", "=", flow.entity),
                    ("remote_id", "in", list(remote_ids)),
                ]
            ).unlink()
