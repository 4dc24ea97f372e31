from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..engine.masking import mask_personal
from ..engine.normalize import storable
from ..engine.paths import MISSING, getter
from ..entities.entity import KIND_OF_TTYPE, ODOO_PREFIX

#: Most suggestions at once.
MOST = 12
#: Records in which a value is looked for, and how much of it is shown.
SAMPLE_RECORDS = 50
SAMPLE_LENGTH = 60
#: Kinds that say nothing about a person.
IMPERSONAL = frozenset({"boolean", "option", "options"})
EMPTY = (MISSING, None, "", [], {})


class ConnectorFieldMapLine(models.Model):
    """What a person sees while choosing: samples, remote fields, Odoo fields."""

    _inherit = "connector.field.map.line"

    sample = fields.Char(
        compute="_compute_sample",
        help="A value from a record that came lately.",
    )
    odoo_sample = fields.Char(
        string="In Odoo",
        compute="_compute_sample",
        help="What Odoo has in that record.",
    )

    @api.depends("remote_path", "target", "map_id.flow_id")
    @api.depends_context("uid")
    def _compute_sample(self):
        for flow, lines in self.grouped(lambda line: line.map_id.flow_id).items():
            records = self._sample_records(flow)
            in_odoo = self._sample_in_odoo(flow, records)
            for line in lines:
                personal = line.pii or not line.target_kind
                line.sample = self._sample(records, line.remote_path, personal)
                remote_id, _value = self._first_value(records, line.remote_path)
                line.odoo_sample = line._odoo_text(in_odoo.get(remote_id))

    @api.model
    def _sample_records(self, flow):
        """Records of the newest chunk of payloads; one read for all lines."""
        payloads = self.env["connector.payload"].sudo()
        return payloads._latest_chunk(flow)[:SAMPLE_RECORDS] if flow else []

    @api.model
    def _sample_in_odoo(self, flow, records):
        """``{remote id: Odoo record}`` of those that the user may read."""
        model = self.env.get(flow.res_model)
        if not records or model is None:
            return {}
        bindings = (
            self.env["connector.binding"]
            .sudo()
            .search(
                [
                    ("flow_id", "=", flow.id),
                    ("remote_id", "in", [record.remote_id for record in records]),
                ]
            )
        )
        found = model.browse(bindings.mapped("res_id")).exists()
        readable = found._filtered_access("read")
        return {
            binding.remote_id: readable.browse(binding.res_id).with_prefetch(found.ids)
            for binding in bindings
            if binding.res_id in readable.ids
        }

    def _odoo_text(self, record):
        """The value that the line fills, as far as the user may see it."""
        field = self._target_field()
        entity = self.map_id.flow_id._entity_model() if field else None
        name = field and next(iter(entity._owners({field.name: ""})), None)
        odoo_field = record._fields.get(name) if record and name else None
        if odoo_field is None or not record._has_field_access(odoo_field, "read"):
            return False
        value = odoo_field.convert_to_export(record[name], record)
        if odoo_field.type == "html":
            value = html2plaintext(value or "", include_references=False)
        return self._shortened(str(value)) if value not in (None, False, "") else False

    @api.model
    def _first_value(self, records, path):
        """The first record that has a value at a path.

        :return: ``(remote id, value)``; both ``None`` where none has one
        """
        try:
            get = getter(path or "")
        except ValueError:
            return None, None
        found = ((record.remote_id, get(record.values)) for record in records)
        return next((pair for pair in found if pair[1] not in EMPTY), (None, None))

    @api.model
    def _sample(self, records, path, personal):
        """The first value that stands at a path, for a person to read.

        :param personal: whether it is masked for those who may not see payloads
        """
        _remote_id, value = self._first_value(records, path)
        if value is None:
            return False
        if personal and not self.env.user.has_group("connector_base.group_operator"):
            return mask_personal(value)
        return self._shortened(
            ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        )

    def _shortened(self, text):
        text = storable(text).strip()
        return text[:SAMPLE_LENGTH] + ("…" if len(text) > SAMPLE_LENGTH else "")

    # -- suggestions ------------------------------------------------------------

    @api.model
    def suggest_paths(self, flow_id, text=""):
        """Remote fields for a line of a flow's map, those whose names begin so first.

        :return: list of ``{"value", "label", "type", "sample"}``, at most ``MOST``
        """
        flow = self._flow_to_suggest(flow_id)
        known = self.env["connector.remote.field"]._by_path(
            flow.connection_id, flow.stream
        )
        rows = [row for row in known.values() if row["state"] == "present"]
        chosen = self._nearest(rows, text, lambda row: (row["label"], row["path"]))
        records = self._sample_records(flow)
        kinds = self._kind_labels()
        return [
            {
                "value": self._path_to_offer(row),
                "label": row["label"],
                "type": kinds.get(row["kind"], row["kind"]),
                "sample": self._sample(
                    records, row["path"], row["kind"] not in IMPERSONAL
                )
                or "",
            }
            for row in chosen
        ]

    def _path_to_offer(self, row):
        """Of several linked records the first is what most maps want."""
        return f"{row['path']}[0]" if row["kind"] == "references" else row["path"]

    @api.model
    def suggest_targets(self, flow_id, text=""):
        """Fields that a line of a flow's map can fill.

        :return: list of ``{"value", "label", "type"}``, at most ``MOST``: the entity's
            own fields before all other stored fields of the Odoo model
        """
        flow = self._flow_to_suggest(flow_id)
        entity = flow._entity_model()
        own = entity._entity_fields()
        taken = {field.odoo_field for field in own}
        found = [{"value": f.name, "label": f.label, "type": f.kind} for f in own]
        for name, field in self.env[entity._entity_model]._fields.items():
            if field.type not in KIND_OF_TTYPE or name in taken:
                continue
            if entity._entity_field(f"{ODOO_PREFIX}{name}") is not None:
                found.append(
                    {
                        "value": f"{ODOO_PREFIX}{name}",
                        "label": field._description_string(self.env),
                        "type": KIND_OF_TTYPE[field.type],
                    }
                )
        return self._nearest(found, text, lambda one: (one["label"], one["value"]))

    def _flow_to_suggest(self, flow_id):
        self.check_access("read")
        flow = self.env["connector.flow"].browse(int(flow_id)).exists()
        flow.check_access("read")
        return flow

    def _nearest(self, rows, text, names_of):
        """Those whose names hold the text, where it stands early first.

        :param names_of: ``function(row) -> names``
        """
        wanted = (text or "").strip().lower()

        def rank(row):
            names = [name.lower() for name in names_of(row)]
            tails = [name.rsplit(".", 1)[-1] for name in names]
            if wanted in names or wanted in tails:
                return 0
            if any(name.startswith(wanted) for name in [*names, *tails]):
                return 1
            return 2 if any(wanted in name for name in names) else None

        ranked = [(rank(row), number) for number, row in enumerate(rows)]
        chosen = sorted(pair for pair in ranked if pair[0] is not None)
        return [rows[number] for _rank, number in chosen[:MOST]]
