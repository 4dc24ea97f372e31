from odoo import api, models
from odoo.tools import SQL

from ..engine.hashing import fingerprint
from ..engine.masking import mask_payload
from .bulk_insert import bulk_insert


class ConnectorException(models.Model):
    """What holds records up on their way out."""

    _inherit = "connector.exception"

    @api.model
    def _report_outgoing(self, flow, cases):
        """Open or renew the exceptions of records that did not go out as they are.

        :param cases: list of ``(connector_mapper_outgoing.Outgoing, records.Problem)``
        """
        if not cases:
            return
        by_print = {}
        for out, problem in cases:
            key = self._outgoing_fingerprint(flow, problem)
            by_print.setdefault(key, []).append((out, problem))
        exceptions = self._open_causes(
            flow.connection_id,
            {
                key: {**self._cause_vals(flow, group[0][1]), "direction": "push"}
                for key, group in by_print.items()
            },
        )
        self.env["connector.exception.item"]._note_outgoing(
            flow, [(exceptions[key], group) for key, group in by_print.items()]
        )

    def _outgoing_fingerprint(self, flow, problem):
        return fingerprint("push", self._fingerprint(flow, problem))

    @api.model
    def _settle_outgoing(self, flow, res_ids, cases=()):
        """Close what held these Odoo records: they went out.

        :param cases: the ``(Outgoing, Problem)`` that remain
        """
        still = {
            (out.res_id, self._outgoing_fingerprint(flow, problem))
            for out, problem in cases
        }
        self._settle_held(flow, "push", "res_id", res_ids, still)

    def _ignored_now(self, items):
        super()._ignored_now(items)
        # They go with the next change of the record, if it is then to be had.
        self.env.execute_query(
            SQL(
                """
                DELETE FROM connector_change c USING connector_exception_item i
                 WHERE i.id = ANY(%s) AND i.direction = 'push'
                   AND c.flow_id = i.flow_id AND c.res_id = i.res_id
                   AND c.state = 'held'
                RETURNING c.id
                """,
                items.ids,
            )
        )
        self.env["connector.change"].invalidate_model(flush=False)

    # -- sentences ------------------------------------------------------------

    def _sentence_unmapped_record(self, params):
        return self.env._(
            "%(label)s “%(record)s” isn't matched with anything at %(vendor)s yet.",
            label=params["label"],
            record=params["record"],
            vendor=params["vendor"],
        )

    def _sentence_several_values(self, params):
        return self.env._(
            "%(label)s “%(record)s” stands for several values at %(vendor)s: which one"
            " is to be sent can't be told.",
            label=params["label"],
            record=params["record"],
            vendor=params["vendor"],
        )

    def _sentence_parent_not_sent(self, params):
        if "record" in params:
            return self.env._(
                "%(label)s “%(record)s”, which the record belongs to, isn't at"
                " %(vendor)s.",
                label=params["label"],
                record=params["record"],
                vendor=params["vendor"],
            )
        return self.env._(
            "%(label)s: records belong to one that isn't at %(vendor)s.",
            label=params["label"],
            vendor=params["vendor"],
        )

    def _sentence_child_not_sent(self, params):
        if "record" in params:
            return self.env._(
                "“%(record)s”, a part of the record, can't go to %(vendor)s: so that"
                " nothing half arrives, the record waits for it.",
                record=params["record"],
                vendor=params["vendor"],
            )
        return self.env._(
            "Parts of records can't go to %s: the records wait for them.",
            params["vendor"],
        )

    def _sentence_refused_remotely(self, params):
        if "detail" in params:
            return self.env._(
                "%(vendor)s refuses the record: %(detail)s",
                vendor=params["vendor"],
                detail=params["detail"],
            )
        if params.get("property"):
            return self.env._(
                "%(vendor)s refuses a value of “%(property)s”.",
                vendor=params["vendor"],
                property=params["property"],
            )
        return self.env._("%s refuses records.", params["vendor"])

    def _sentence_gone_remotely(self, params):
        return self.env._(
            "%s doesn't have the record any more; it isn't made there again by itself.",
            params["vendor"],
        )

    def _sentence_bound_elsewhere(self, params):
        if "remote_id" in params:
            return self.env._(
                "%(vendor)s has the record already (%(remote_id)s), and it is linked"
                " with another record in Odoo.",
                vendor=params["vendor"],
                remote_id=params["remote_id"],
            )
        return self.env._(
            "%s has records already that are linked with others in Odoo.",
            params["vendor"],
        )

    def _sentence_no_writer(self, params):
        return self.env._(
            "The connector of %(vendor)s can't write %(stream)s.",
            vendor=params["vendor"],
            stream=params["stream"],
        )

    # -- advice ---------------------------------------------------------------

    def _advice_unmapped_record(self):
        return self.env._(
            "Open the value map and choose the remote value that means this record; the"
            " records follow by themselves."
        )

    def _advice_several_values(self):
        return self.env._(
            "Open the value map and leave one remote value for each Odoo record."
        )

    def _advice_parent_not_sent(self):
        return self.env._(
            "Let a flow send the record that it belongs to, or link both, then retry."
        )

    def _advice_child_not_sent(self):
        return self.env._(
            "Decide about the part, which has an exception of its own; the whole record"
            " goes out with it then."
        )

    def _advice_refused_remotely(self):
        return self.env._("Correct the value in Odoo; the record goes out again then.")

    def _advice_gone_remotely(self):
        return self.env._(
            "Restore the record in the remote system, or archive it in Odoo, too."
        )

    def _advice_bound_elsewhere(self):
        return self.env._("Merge the two records in Odoo, then retry.")

    def _advice_no_writer(self):
        return self.env._("Let the flow go into Odoo only.")


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    @api.model
    def _note_outgoing(self, flow, groups):
        """Note the Odoo records of several causes; those noted already are renewed.

        :param groups: list of ``(exception, [(Outgoing, Problem)])``
        """
        stakes = self._outgoing_stakes(
            flow,
            sorted({out.res_id for _exc, group in groups for out, _problem in group}),
        )
        self._note_held(
            flow,
            "push",
            "res_id",
            [
                (
                    exception,
                    {
                        **self._outgoing_vals(flow, exception, out, problem),
                        **stakes[out.res_id],
                    },
                )
                for exception, group in groups
                for out, problem in group
            ],
        )

    def _outgoing_vals(self, flow, exception, out, problem):
        entity, depends_id = problem.depends_on or (False, False)
        return {
            "res_model": flow.res_model,
            "res_id": out.res_id,
            "remote_id": out.remote_id or False,
            "label": (out.row or {}).get("display_name") or False,
            "payload": mask_payload(out.values),
            "message": exception._sentence(
                problem.code, {**problem.params, **problem.details}
            ),
            "depends_entity": entity,
            "depends_res_id": depends_id,
        }

    def _outgoing_stakes(self, flow, res_ids):
        """What Odoo records are worth and whose they are, in one read.

        :return: ``{id: {"amount": …, "partner_label": …}}``
        """
        entity = flow._entity_model()
        amount, partner = entity._amount_field, entity._partner_field
        names = [name for name in (amount, partner) if name]
        records = self.env[flow.res_model].with_context(active_test=False)
        rows = records.browse(res_ids).exists().read(names) if names else []
        by_id = {row["id"]: row for row in rows}
        return {
            res_id: {
                "amount": by_id.get(res_id, {}).get(amount) or 0.0,
                "partner_label": (by_id.get(res_id, {}).get(partner) or (0, False))[1],
            }
            for res_id in res_ids
        }

    def _retry_outgoing(self):
        """Let these Odoo records go out again: what holds them waits no more."""
        for flow, items in self.grouped("flow_id").items():
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    """
                    UPDATE connector_change SET state = 'pending'
                     WHERE flow_id = %s AND state = 'held' AND res_id IN %s
                    RETURNING id
                    """,
                    flow.id,
                    tuple(items.mapped("res_id")),
                )
            )
            self._note_missing_changes(flow, items)
            self.env["connector.change"].invalidate_model(["state"])
            flow._enqueue_push()

    def _note_missing_changes(self, flow, items):
        """Some wait without a change: they went but for a value, or as a parent."""
        waiting = self.env["connector.change"].search(
            [("flow_id", "=", flow.id), ("res_id", "in", items.mapped("res_id"))]
        )
        missing = set(items.mapped("res_id")) - set(waiting.mapped("res_id"))
        changes = self.env["connector.change"]
        bulk_insert(
            changes, [changes._written(flow, res_id) for res_id in sorted(missing)]
        )
