from lxml.builder import E

from odoo import api, fields, models
from odoo.tools import SQL


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    # What holds a record on its way out, asked by each form that shows the state.
    _held_record_idx = models.Index(
        "(res_id) WHERE state = 'open' AND direction = 'push'"
    )


class ConnectorBoundMixin(models.AbstractModel):
    """What a business record shows of its life in other systems.

    A model inherits this, and nothing else: forms with a ``button_box`` get the button
    that opens the panel.
    """

    _name = "connector.bound.mixin"
    _description = "Connector Bound Record"

    connector_state = fields.Selection(
        [
            ("none", "Not connected"),
            ("synced", "In sync"),
            ("excluded", "Excluded"),
            ("failing", "Needs attention"),
        ],
        string="Sync State",
        compute="_compute_connector_state",
        groups="connector_base.group_viewer",
    )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._connector_add_button(arch)
        return arch, view

    def _connector_add_button(self, arch):
        box = arch.find(".//div[@name='button_box']")
        name = "action_open_connector_panel"
        if box is None or arch.find(f".//button[@name='{name}']") is not None:
            return
        state = E.field(
            {
                "name": "connector_state",
                "class": "o_stat_value",
                "decoration-success": "connector_state == 'synced'",
                "decoration-danger": "connector_state == 'failing'",
                "decoration-warning": "connector_state == 'excluded'",
                "decoration-muted": "connector_state == 'none'",
            }
        )
        label = E.span({"class": "o_stat_text"}, self.env._("Other Systems"))
        # First: where a form has many, the last ones are hidden behind “More”.
        box.insert(
            0,
            E.button(
                {
                    "name": name,
                    "type": "object",
                    "class": "oe_stat_button",
                    "icon": "fa-exchange",
                    "invisible": "not id",
                    "groups": "connector_base.group_viewer",
                },
                E.div({"class": "o_stat_info"}, state, label),
            ),
        )

    def _connector_bound_records(self):
        """The records whose bindings are shown here; usually the record itself."""
        return self

    @api.depends_context("allowed_company_ids", "uid")
    def _compute_connector_state(self):
        """One query, whatever the number of records and connections."""
        bound = {record: record._connector_bound_records() for record in self}
        states = self._connector_states(
            next(iter(bound.values()))._name if bound else self._name,
            {record_id for records in bound.values() for record_id in records.ids},
        )
        for record, records in bound.items():
            found = {states[i] for i in records.ids if i in states}
            record.connector_state = next(
                (s for s in ("failing", "excluded", "synced") if s in found), "none"
            )

    def _connector_states(self, model, ids):
        """``{id: state}`` of those that are linked, or held on their way out.

        Only connections of the companies that are switched on count, as everywhere.
        """
        if not ids:
            return {}
        for name in ("connector.binding", "connector.exception.item"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT res_id,
                       CASE WHEN bool_or(held) THEN 'failing'
                            WHEN bool_and(running) THEN 'synced'
                            ELSE 'excluded' END
                  FROM (
                    SELECT b.res_id, b.state IN ('synced', 'creating') AS running,
                           EXISTS (
                             SELECT FROM connector_exception_item i
                              WHERE i.flow_id = b.flow_id AND i.state = 'open'
                                AND i.direction = 'pull'
                                AND i.remote_id = b.remote_id) AS held
                      FROM connector_binding b
                     WHERE b.res_model = %(model)s AND b.res_id IN %(ids)s
                       AND (b.company_id IS NULL OR b.company_id IN %(companies)s)
                     UNION ALL
                    SELECT i.res_id, TRUE, TRUE FROM connector_exception_item i
                     WHERE i.res_model = %(model)s AND i.res_id IN %(ids)s
                       AND i.state = 'open' AND i.direction = 'push'
                       AND i.company_id IN %(companies)s
                  ) AS links
                 GROUP BY res_id
                """,
                model=model,
                ids=tuple(ids),
                companies=tuple(self.env.companies.ids),
            )
        )
        return dict(rows)

    def action_open_connector_panel(self):
        """Where the record lives elsewhere, who owns what, and why it is as it is."""
        self.ensure_one()
        records = self._connector_bound_records()
        panel = self.env["connector.record.panel"].create(
            {
                "res_model": records._name,
                "res_ids": records.ids,
                "name": self.display_name,
            }
        )
        return panel._open()
