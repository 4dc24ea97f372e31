from odoo import api, models

from .connector_flow_fields import FIELD_CODES


class ConnectorException(models.Model):
    """What a vendor's changed fields break: one exception for each change.

    They have no items, and a run of the flow doesn't close them: they close when the
    field is as it was or the map was changed.
    """

    _inherit = "connector.exception"

    @api.model
    def _report_fields(self, flow, problems):
        """Open what is broken now and close what isn't any more.

        :param problems: list of ``(direction, records.Problem)``
        """
        by_print = {}
        for direction, problem in problems:
            vals = {**self._cause_vals(flow, problem), "direction": direction}
            by_print.setdefault(self._fingerprint(flow, problem), vals)
        standing = self.search(
            [
                ("flow_id", "=", flow.id),
                ("code", "in", FIELD_CODES),
                ("state", "in", ("open", "ignored")),
            ]
        )
        over = standing.filtered(lambda e: e.fingerprint not in by_print)
        over.with_context(connector_fields_checked=True)._close_if_done()
        # What people let be is let be until it is over.
        over.filtered(lambda e: e.state == "ignored").sudo().state = "resolved"
        for exception in standing.filtered(lambda e: e.state == "ignored"):
            by_print.pop(exception.fingerprint, None)
        if by_print:
            self._open_causes(flow.connection_id, by_print)

    def _close_if_done(self):
        if not self.env.context.get("connector_fields_checked"):
            self = self.filtered(lambda e: e.code not in FIELD_CODES)
        return super()._close_if_done()

    def _retry(self):
        of_fields = self.filtered(lambda e: e.code in FIELD_CODES)
        of_fields.connection_id.sudo()._enqueue_fields()
        return super(ConnectorException, self - of_fields)._retry()

    # -- sentences ------------------------------------------------------------

    def _sentence_field_gone(self, params):
        if params.get("direction") == "push":
            return self.env._(
                "%(vendor)s has no field “%(name)s” (%(path)s): %(flow)s leaves it out"
                " when it sends.",
                **self._named(params),
            )
        if params.get("required"):
            return self.env._(
                "%(vendor)s has no field “%(name)s” (%(path)s), which the field map"
                " needs: %(flow)s holds its records.",
                **self._named(params),
            )
        return self.env._(
            "%(vendor)s has no field “%(name)s” (%(path)s): %(flow)s leaves %(label)s"
            " in Odoo as it is.",
            label=params["label"],
            **self._named(params),
        )

    def _sentence_field_type(self, params):
        return self.env._(
            "“%(name)s” (%(path)s) at %(vendor)s was %(before)s and is %(after)s now;"
            " %(flow)s takes it for %(label)s. Values that don't fit are held.",
            before=self._kind_label(params["before"]),
            after=self._kind_label(params["after"]),
            label=params["label"],
            **self._named(params),
        )

    def _sentence_field_required(self, params):
        if params["mapped"]:
            return self.env._(
                "%(vendor)s wants “%(name)s” (%(path)s) of every record now: it will"
                " refuse those that %(flow)s sends without it.",
                **self._named(params),
            )
        return self.env._(
            "%(vendor)s wants “%(name)s” (%(path)s) of every record now, and %(flow)s"
            " sends nothing there: new records will be refused.",
            **self._named(params),
        )

    def _sentence_field_options(self, params):
        return self.env._(
            "“%(name)s” (%(path)s) at %(vendor)s has lost values that %(flow)s maps:"
            " %(values)s.",
            values=params["values"],
            **self._named(params),
        )

    def _sentence_field_read_only(self, params):
        return self.env._(
            "“%(name)s” (%(path)s) at %(vendor)s can't be written any more: %(flow)s"
            " leaves it out when it sends.",
            **self._named(params),
        )

    def _named(self, params):
        return {name: params[name] for name in ("vendor", "name", "path", "flow")}

    def _kind_label(self, kind):
        return self.env["connector.field.map.line"]._kind_labels().get(kind, kind)

    # -- advice ---------------------------------------------------------------

    def _advice_field_gone(self):
        return self.env._(
            "Restore the field in the remote system, or make a new version of the field"
            " map without it. This closes by itself then."
        )

    def _advice_field_type(self):
        return self.env._(
            "Make a new version of the field map in which the line takes the new type,"
            " or undo the change in the remote system."
        )

    def _advice_field_required(self):
        return self.env._(
            "Map a field to it in a new version of the field map and mark the line as"
            " required, or make it optional in the remote system."
        )

    def _advice_field_options(self):
        return self.env._(
            "Correct the value map and activate a new version of the field map, or"
            " restore the values in the remote system."
        )

    def _advice_field_read_only(self):
        return self.env._(
            "Let the line go into Odoo only in a new version of the field map, or let"
            " the field be written in the remote system."
        )
