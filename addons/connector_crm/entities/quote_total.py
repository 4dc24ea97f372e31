from odoo import models
from odoo.tools import SQL

from odoo.addons.connector_base.engine.records import Problem, RemoteRecord
from odoo.addons.connector_base.models.connector_mapper import Mapped

CODE = "quote_total"


class ConnectorEntityQuote(models.AbstractModel):
    """Whether a quote comes to the same total on both sides.

    Lines follow their quote, over several pages perhaps, so that it is only known when
    all that a pull brings is in. Vendors differ in whether their total contains taxes:
    either of Odoo's totals will do.
    """

    _inherit = "connector.entity.quote"

    def _after_pull(self, run):
        super()._after_pull(run)
        self._check_totals(run)

    def _check_totals(self, run):
        """Report quotes whose totals differ, and close what is right by now.

        One query where all is well.

        :param run: ``connector_pull.Run`` of the quotes, or of their lines
        """
        flow = run.connection.flow_ids.filtered(
            lambda flow: flow.entity == "quote" and flow.direction != "push"
        )[:1]
        if not flow:
            return
        exceptions = self.env["connector.exception"]
        cases = []
        rows = self._differing(run.connection)
        orders = self.env["sale.order"].browse(order_id for _r, order_id, _t in rows)
        for order, (remote_id, order_id, total) in zip(orders, rows, strict=True):
            # What a person lets be is asked about again when one of both changes.
            seen = {"total": str(total), "odoo": order.amount_untaxed}
            mapped = Mapped(RemoteRecord(remote_id, seen), "")
            mapped.record_id = order_id
            mapped.canonical = {
                "name": order.remote_title or order.display_name,
                "total": total,
                "currency": order.currency_id.name,
            }
            mapped.values = {"partner_id": order.partner_id.id}
            problem = Problem(
                "validation",
                CODE,
                field="total",
                details={
                    "order": order.display_name,
                    "ours": order.currency_id.format(order.amount_untaxed),
                    "taxed": order.currency_id.format(order.amount_total),
                    "theirs": order.currency_id.format(float(total)),
                },
                blocking=False,
            )
            cases.append((mapped, problem))
        self._settle_totals(flow, {mapped.record.remote_id for mapped, _p in cases})
        if cases:
            exceptions._report(flow, cases)

    def _differing(self, connection):
        """``[(remote id, order, the vendor's total)]`` of open quotes that differ."""
        self.env["sale.order"].flush_model()
        tolerance = connection.company_id.connector_total_tolerance
        return self.env.execute_query(
            SQL(
                """
                SELECT b.remote_id, o.id, (b.agreed->>'remote_total')::numeric
                  FROM connector_binding b
                  JOIN sale_order o ON o.id = b.res_id
                 WHERE b.connection_id = %(connection)s AND b.entity = 'quote'
                   AND b.state = 'synced' AND o.state IN ('draft', 'sent')
                   AND jsonb_typeof(b.agreed->'remote_total') = 'number'
                   AND LEAST(
                        ABS((b.agreed->>'remote_total')::numeric
                            - COALESCE(o.amount_untaxed, 0)),
                        ABS((b.agreed->>'remote_total')::numeric
                            - COALESCE(o.amount_total, 0))) > %(tolerance)s
                 ORDER BY b.id
                """,
                connection=connection.id,
                # Amounts have been rounded; a hair is for what no tolerance means.
                tolerance=max(tolerance, 0) + 1e-6,
            )
        )

    def _settle_totals(self, flow, differing):
        """Close what was said of quotes that come to the same now."""
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", flow.id),
                ("state", "=", "open"),
                ("direction", "=", "pull"),
                ("exception_id.code", "=", CODE),
            ]
        )
        items.filtered(lambda item: item.remote_id not in differing)._close("resolved")
