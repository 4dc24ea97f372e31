from odoo import models

#: Field by which records of a model are known in another database, where they have no
#: external id; the name of others.
NATURAL_KEYS = {
    "account.account": "code",
    "account.journal": "code",
    "res.country": "code",
    "res.currency": "name",
    "res.users": "login",
}
#: Modules of external ids that mean something in one database only.
LOCAL_MODULES = ("__export__", "__import__", "__custom__")


class ConnectorConnection(models.Model):
    """Decisions about values, keyed by technical names, for files of field maps."""

    _inherit = "connector.connection"

    def _export_decisions(self, kinds):
        """What was decided about the values of some lists.

        :return: ``{kind: [{"remote_value", and "xmlid" or "name" or "skip"}]}``
        """
        self.ensure_one()
        decisions = {}
        for value_map in self.value_map_ids.filtered(lambda m: m.name in kinds):
            lines = value_map.line_ids.filtered(
                lambda line: line.state in ("mapped", "skipped")
            )
            rows = [
                {"remote_value": line.remote_value, **line._key_of_target()}
                for line in lines.sorted("remote_value")
            ]
            if rows:
                decisions[value_map.name] = rows
        return dict(sorted(decisions.items()))

    def _resolve_decisions(self, decisions):
        """Find what the decisions of a file mean here.

        What is decided here already stays as it is and isn't looked at.

        :param decisions: as :meth:`_export_decisions` gives them
        :return: ``([(line, values to write)], [what was not found, in words])``
        """
        self.ensure_one()
        found, unresolved = [], []
        by_kind = {value_map.name: value_map for value_map in self.value_map_ids}
        for kind, rows in sorted(decisions.items()):
            value_map = by_kind.get(kind)
            known = {
                line.remote_value: line
                for line in (value_map and value_map.line_ids or ())
            }
            for row in rows if isinstance(rows, list) else [rows]:
                # Whatever else stands in a file decides nothing.
                row = row if isinstance(row, dict) else {"remote_value": row}
                value = row.get("remote_value")
                line = known.get(value) if isinstance(value, str) else None
                if line is not None and line.state in ("mapped", "skipped"):
                    continue
                vals = line._decision_of(row) if line is not None else None
                if vals:
                    found.append((line, vals))
                else:
                    label = value_map.label if value_map else kind
                    unresolved.append(f"{label}: {value}")
        return found, unresolved


class ConnectorValueMapLine(models.Model):
    _inherit = "connector.value.map.line"

    def _key_of_target(self):
        """How another database knows the record that the value means."""
        self.ensure_one()
        if not self.res_id:
            return {"skip": True}
        record = self.env[self.res_model].sudo().browse(self.res_id).exists()
        xmlid = record.get_external_id().get(record.id) if record else ""
        if xmlid and xmlid.split(".")[0] not in LOCAL_MODULES:
            return {"xmlid": xmlid}
        return {"name": record[self._natural_key()] if record else None}

    def _natural_key(self):
        model = self.env[self.res_model]
        return NATURAL_KEYS.get(self.res_model, model._rec_name or "display_name")

    def _decision_of(self, row):
        """The values that take a decision of a file over, or ``None``.

        :param row: ``{"xmlid" or "name" or "skip": …}``
        """
        self.ensure_one()
        if row.get("skip") is True:
            return {"skip": True}
        entity = self.connection_id._value_entity(self.map_id.name)
        model = self.env[self.res_model].sudo()
        domain = entity._value_domain(self)
        if isinstance(row.get("xmlid"), str):
            record = self.env.ref(row["xmlid"], raise_if_not_found=False)
            if record is None or record._name != self.res_model:
                return None
            record = model.search([("id", "=", record.id), *domain])
        elif isinstance(row.get("name"), str):
            record = model.search([(self._natural_key(), "=", row["name"]), *domain])
        else:
            return None
        return {"res_id": record.id} if len(record) == 1 else None
