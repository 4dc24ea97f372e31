import dataclasses

from odoo import api, models
from odoo.tools import SQL

from ..engine.person import Person, Remote


class ConnectorPerson(models.AbstractModel):
    """Who somebody is in Odoo and at the vendors: set-based, from what is known.

    An addon adds records that are somebody's by ``_records_of``.
    """

    _name = "connector.person"
    _description = "Connector Person"

    @api.model
    def _find(self, partner_ids=(), emails=(), phones=(), names=(), remote_ids=()):
        """All that is known of a person of whom one thing is known.

        :param remote_ids: ids at any vendor, of records that are people there
        :return: ``engine.person.Person``
        """
        person = Person().known_by(
            emails, phones, names, self.env.company.country_id.code
        )
        pairs = [("res.partner", partner_id) for partner_id in partner_ids]
        person = person.with_records([*pairs, *self._bound_records(remote_ids)])
        # Twice: a partner's own address may lead to another partner of the same person.
        for _round in range(2):
            person = self._add_partners(person)
        person = person.with_records(self._records_of(person))
        remotes = [*self._bound(person), *self._held(person, remote_ids)]
        return person.with_records(remotes=remotes)

    @api.model
    def _add_partners(self, person):
        model = self.env["res.partner"].sudo().with_context(active_test=False)
        partners = model.browse(sorted(person.partner_ids)).exists()
        if person.emails:
            partners |= model.search([("email_normalized", "in", list(person.emails))])
        person = person.with_records(("res.partner", i) for i in partners.ids)
        for partner in partners:
            person = person.known_by(
                (partner.email or "").replace(",", ";").split(";"),
                [partner.phone] if partner.phone else (),
                [partner.name] if partner.name and not partner.is_company else (),
                (partner.country_id or self.env.company.country_id).code,
            )
        return person

    @api.model
    def _records_of(self, person):
        """Further records of Odoo that are the person's own; extend it.

        :return: list of ``(Odoo model, id)``
        """
        return []

    @api.model
    def _entities_of_people(self):
        """Names of the entities whose records are people; see ``_about_person``."""
        prefix = "connector.entity."
        return [
            name.removeprefix(prefix)
            for name, model in self.env.items()
            if name.startswith(prefix) and model._about_person
        ]

    def _bound_records(self, remote_ids):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT res_model, res_id FROM connector_binding
                 WHERE remote_id = ANY(%s) AND entity = ANY(%s)
                """,
                list(remote_ids),
                self._entities_of_people(),
            )
        )
        return rows

    def _bound(self, person):
        """The records at vendors that Odoo's stand for."""
        if not person.records:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT b.connection_id, b.entity, b.remote_id, COALESCE(f.id, 0),
                       COALESCE(f.stream, '')
                  FROM connector_binding b
                  LEFT JOIN connector_flow f ON f.id = b.flow_id
                 WHERE (b.res_model, b.res_id) IN %s AND b.remote_id IS NOT NULL
                """,
                tuple(person.records),
            )
        )
        return [Remote(*row) for row in rows]

    def _held(self, person, remote_ids):
        """Records of people that were never taken, by their ids or what they say."""
        people = self._entities_of_people()
        items = self.env["connector.exception.item"].sudo()
        flows = self.env["connector.flow"].sudo().with_context(active_test=False)
        flows = flows.search([("entity", "in", people)])
        found = items.search(
            [
                ("flow_id", "in", flows.ids),
                ("direction", "=", "pull"),
                ("remote_id", "in", list(remote_ids)),
            ]
        )
        # Somebody's name stands in records of others, too: as who they report to.
        nameless = dataclasses.replace(person, names=frozenset())
        if nameless.pattern:
            for told, _last_id in items._personal_spans(nameless):
                found |= told.filtered(
                    lambda item: item.flow_id in flows and item.direction == "pull"
                )
        return [
            Remote(
                item.connection_id.id,
                item.flow_id.entity,
                item.remote_id,
                item.flow_id.id,
                item.flow_id.stream,
            )
            for item in found
            if item.remote_id
        ]
