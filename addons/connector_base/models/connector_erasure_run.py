from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.queue import Again
from .connector_personal import TEXTS

#: Seconds that must be left of the worker's time for one more batch.
BATCH_SECONDS = 5
#: Remote ids that are named to whoever must erase them by hand.
NAMED_IDS = 20
#: What is erased before all else, or a pull of the meantime would bring it back.
FIRST = ("connector.binding", "connector.exception.item")


class ConnectorErasure(models.Model):
    """The jobs of a request: each batch is committed with how far it came."""

    _inherit = "connector.erasure"

    @api.model
    def _places(self):
        """Models that may hold something about people, in the order of erasing."""
        names = [
            name
            for name in self.pool.descendants(["connector.personal"], "_inherit")
            if self.env[name]._auto and not self.env[name]._transient
        ]
        return sorted(names, key=lambda name: (name not in FIRST, name))

    @api.model
    def _business_domains(self, person):
        """``{Odoo model: domain}`` of business records about a person; extend it.

        They are counted and shown. What the law says about them, only people know.
        """
        return {"res.partner": Domain("id", "in", person.ids_of("res.partner"))}

    def _business_ids(self, model):
        if not self.sudo().subject_token:
            return []
        domain = self._business_domains(self._person()).get(model, Domain.FALSE)
        return self.env[model].with_context(active_test=False).search(domain).ids

    # -- find -----------------------------------------------------------------

    def _job_find(self, job):
        """Count what each place holds; goes on with the place where it stopped."""
        return self.sudo()._find_places(job)

    def _find_places(self, job):
        if self.state != "searching":
            return {"skipped": 1}
        person = self._person()
        if not self.line_ids:
            self._add_places()
        for line in self.line_ids.filtered(lambda line: not line.done):
            for records, last_id in self._spans(line, person):
                if records:
                    line._note_found(records)
                line.after_id = last_id
                if job._checkpoint() < BATCH_SECONDS:
                    return Again()
            line.done = True
        self._count_business(person)
        self._name_remotes(person)
        self.line_ids.filtered(
            lambda line: line.kind == "connector" and not line.found
        ).unlink()
        self.state = "found"
        return {"found": self.found_count}

    def _add_places(self):
        self.line_ids.create([self._place(name) for name in self._places()])

    def _place(self, name):
        """Values of the line of a model of connectors."""
        return {
            "erasure_id": self.id,
            "kind": "connector",
            "res_model": name,
            "label": self._place_labels().get(name)
            or self.env["ir.model"].sudo()._get(name).name,
        }

    @api.model
    def _place_labels(self):
        """``{model: what people call it}`` where its name says little; extend it."""
        _ = self.env._
        return {
            "connector.binding": _("Links to Other Systems"),
            "connector.exception.item": _("Held Records"),
            "connector.event": _("Events"),
            "connector.payload": _("Records to Try Field Maps On"),
            "connector.job": _("Jobs"),
            "connector.log": _("Log"),
            "connector.audit": _("Audit"),
            "connector.exception": _("Exceptions"),
            "connector.conflict": _("Conflicts"),
            "connector.correction": _("Corrections"),
            "connector.change": _("Outgoing Changes"),
            "connector.match.decision": _("Decisions about Matches"),
            "connector.process": _("Processes"),
            "connector.process.step": _("Steps of Processes"),
            "mail.message": _("Notes on Connectors' Records"),
            "mail.tracking.value": _("History of Connectors' Records"),
            "mail.activity": _("Activities on Connectors' Records"),
        }

    def _spans(self, line, person):
        model = self.env[line.res_model].sudo().with_context(active_test=False)
        return model._personal_spans(person, line.after_id)

    def _count_business(self, person):
        labels = self.env["ir.model"].sudo()
        for name, domain in self._business_domains(person).items():
            model = self.env[name].sudo().with_context(active_test=False)
            found = model.search_count(domain)
            if found:
                self.line_ids.create(
                    {
                        "erasure_id": self.id,
                        "kind": "business",
                        "res_model": name,
                        "label": labels._get(name).name,
                        "found": found,
                        "done": True,
                        "note": self.env._(
                            "Not erased: decide there, books have to be kept for years."
                        ),
                    }
                )

    def _name_remotes(self, person):
        by_place = {}
        for remote in sorted(person.remotes):
            key = (remote.connection_id, remote.entity, remote.flow_id)
            by_place.setdefault(key, []).append(remote.remote_id)
        connections = self.env["connector.connection"].sudo()
        flows = self.env["connector.flow"].sudo()
        for (connection_id, entity, flow_id), ids in by_place.items():
            name = connections.browse(connection_id).name
            kind = flows.browse(flow_id).exists().name or entity
            more = self.env._(" and %s more", len(ids) - NAMED_IDS)
            self.line_ids.create(
                {
                    "erasure_id": self.id,
                    "kind": "remote",
                    "label": f"{name}: {kind}",
                    "systems": name,
                    "found": len(ids),
                    "done": True,
                    "note": self.env._(
                        "Erase there by hand: %s",
                        ", ".join(ids[:NAMED_IDS])
                        + (more if len(ids) > NAMED_IDS else ""),
                    ),
                }
            )

    # -- erase ----------------------------------------------------------------

    def _job_erase(self, job):
        """Erase place by place; a batch, and that it is done, are one transaction."""
        return self.sudo()._erase_places(job)

    def _erase_places(self, job):
        if self.state != "erasing":
            return {"skipped": 1}
        person = self._person()
        self.env["connector.erased"]._add(person.remotes)
        known = self.line_ids.filtered(lambda line: line.kind == "connector")
        # What has come since it was looked for is erased as well.
        for name in set(self._places()) - set(known.mapped("res_model")):
            known |= known.create(self._place(name))
        order = {name: number for number, name in enumerate(self._places())}
        for line in known.sorted(lambda line: order.get(line.res_model, len(order))):
            if line.done or line.res_model not in order:
                continue
            for records, last_id in self._spans(line, person):
                if records:
                    line.erased += records._personal_erase(person)
                line.after_id = last_id
                if job._checkpoint() < BATCH_SECONDS:
                    return Again()
            line.done = True
        self._look_again(person)
        known.filtered(lambda line: not (line.found or line.erased)).unlink()
        self._forget_subject(person)
        self.write({"state": "done", "erased_at": fields.Datetime.now()})
        self.env["connector.audit"]._note(
            self,
            "erase",
            {line.label: [line.found, line.erased] for line in self.line_ids},
        )
        return {"erased": self.erased_count, "left": self.left_count}

    def _look_again(self, person):
        """Count what quotes the person still, in all tables of the connectors.

        What screens keep for an hour goes. Rows of the audit name who did something;
        those and the log have been looked at row by row.
        """
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM connector_payload_show")
        guarded = self.pool.descendants(["connector.guarded"], "_inherit")
        for name, model in self.env.items():
            ours = name.startswith("connector.") and not name.startswith(self._name)
            if not ours or not model._auto or name in guarded or not person.pattern:
                continue
            texts = [
                SQL("%s::text", SQL.identifier(field.name))
                for field in model._fields.values()
                if field.store and field.column_type and field.type in TEXTS
            ]
            if not texts:
                continue
            told = SQL(
                "concat_ws(%s, %s) ~* %s", "\n", SQL(", ").join(texts), person.pattern
            )
            table = SQL.identifier(model._table)
            if model._transient:
                self.env.cr.execute(SQL("DELETE FROM %s WHERE %s", table, told))
                continue
            [(left,)] = self.env.execute_query(
                SQL("SELECT COUNT(*) FROM %s WHERE %s", table, told)
            )
            if left:
                self._note_left(name, left)

    def _note_left(self, name, left):
        line = self.line_ids.filtered(
            lambda line: line.kind == "connector" and line.res_model == name
        )
        if not line:
            line = self.line_ids.create({**self._place(name), "found": left})
        line.write(
            {"left": left, "note": self.env._("Look at these rows, and correct them.")}
        )
