"""Where payloads say something about a person: their tokens are opened for it."""

import dataclasses
import json

from odoo import models
from odoo.tools import SQL

from ..engine import crypto
from .connector_payload import pack, unpack


class ConnectorKeptPayload(models.AbstractModel):
    _name = "connector.kept.payload"
    _inherit = ["connector.kept.payload", "connector.personal"]

    def _personal_told(self, person, after_id, last_id):
        found = super()._personal_told(person, after_id, last_id)
        if not person.pattern:
            return found
        rows = self.env.execute_query(
            SQL(
                "SELECT id, payload_token FROM %s"
                " WHERE id > %s AND id <= %s AND payload_token IS NOT NULL",
                SQL.identifier(self._table),
                after_id,
                last_id,
            )
        )
        return found | {
            row_id for row_id, text in self._opened(rows) if person.says(text)
        }

    def _opened(self, rows):
        """``(id, payload)``; what no key of this server opens says nothing.

        :param rows: list of ``(id, token)``
        """
        vault = self.env["connector.credential"].sudo()._vault() if rows else None
        for row_id, token in rows:
            try:
                yield row_id, json.loads(vault.decrypt(token))
            except crypto.VaultError:
                continue

    def _personal_mask_payloads(self, person):
        """Encrypt payloads anew without what they say of the person.

        :return: ids of the rows that were changed
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id, payload_token FROM %s WHERE id = ANY(%s)"
                " AND payload_token IS NOT NULL ORDER BY id FOR UPDATE",
                SQL.identifier(self._table),
                self.ids,
            )
        )
        changed = [
            (row_id, self._payload_locked(person.without(payload)))
            for row_id, payload in self._opened(rows)
            if person.says(payload)
        ]
        if changed:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s AS t SET payload_token = v.token"
                    " FROM (VALUES %s) AS v (id, token) WHERE t.id = v.id",
                    SQL.identifier(self._table),
                    SQL(", ").join(SQL("(%s, %s)", *row) for row in changed),
                )
            )
            self.invalidate_model(flush=False)
        return {row_id for row_id, _token in changed}


class ConnectorEvent(models.Model):
    _inherit = "connector.event"

    _personal_texts = ("note", "error")
    _personal_date = "received_at"

    def _personal_about(self, person):
        named = {(r.connection_id, r.stream, r.remote_id) for r in person.remotes}
        if not named:
            return None
        return SQL("(connection_id, stream, remote_id) IN %s", tuple(named))

    def _personal_erase(self, person):
        """An event of the person's own record keeps that it came, nothing else."""
        own = self.browse(self._personal_about_ids(person, ids=self.ids))
        changed = set(own.ids)
        if own:
            own._personal_empty(["payload_token"])
        changed |= (self - own)._personal_mask_payloads(person)
        return max(len(changed), self._personal_mask(person))


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    _personal_texts = (
        *("label", "partner_label", "message", "match_values", "ignore_reason"),
    )

    def _personal_about(self, person):
        conditions = []
        if named := {(r.flow_id, r.remote_id) for r in person.remotes}:
            conditions.append(SQL("(flow_id, remote_id) IN %s", tuple(named)))
        if person.records:
            records = tuple(person.records)
            conditions.append(SQL("(res_model, res_id) IN %s", records))
        return SQL(" OR ").join(conditions) if conditions else None

    def _personal_erase(self, person):
        """A held record of the person's own is let go; others lose what quotes it."""
        own = self.browse(self._personal_about_ids(person, ids=self.ids))
        changed = set(own.ids)
        if own:
            self.env["connector.match.candidate"].search(
                [("item_id", "in", own.ids)]
            ).unlink()
            self.env["connector.conflict"].search([("item_id", "in", own.ids)]).unlink()
            own._personal_empty(
                ["payload_token", "label", "partner_label", "match_values", "message"],
                SQL("ignore_reason = %s,", self.env._("Erased on request")),
            )
            own._close("ignored")
        changed |= (self - own)._personal_mask_payloads(person)
        return max(len(changed), self._personal_mask(person))


class ConnectorPayload(models.Model):
    _name = "connector.payload"
    _inherit = ["connector.payload", "connector.personal"]

    _personal_date = "received_at"

    def _personal_told(self, person, after_id, last_id):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, flow_id FROM connector_payload WHERE id > %s AND id <= %s",
                after_id,
                last_id,
            )
        )
        vault = self.env["connector.credential"].sudo()._vault() if rows else None
        own = _own_ids(person)
        return {
            row_id
            for row_id, flow_id in rows
            if any(
                (flow_id, record.remote_id) in own or person.says(record.values)
                for record in self._unpacked(vault, row_id)
            )
        }

    def _personal_erase(self, person):
        """Take the person's records out of chunks, and out of those of others."""
        vault = self.env["connector.credential"].sudo()._vault()
        own = _own_ids(person)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, flow_id, blob FROM connector_payload WHERE id = ANY(%s)"
                " ORDER BY id FOR UPDATE",
                self.ids,
            )
        )
        for row_id, flow_id, blob in rows:
            try:
                records = unpack(vault, bytes(blob))
            except crypto.VaultError:
                continue
            kept = [
                dataclasses.replace(record, values=person.without(record.values))
                for record in records
                if (flow_id, record.remote_id) not in own
            ]
            self.env.cr.execute(
                SQL(
                    "UPDATE connector_payload SET blob = %s, count = %s WHERE id = %s",
                    pack(vault, kept),
                    len(kept),
                    row_id,
                )
                if kept
                else SQL("DELETE FROM connector_payload WHERE id = %s", row_id)
            )
        self.invalidate_model(flush=False)
        return len(rows)


def _own_ids(person):
    return {(remote.flow_id, remote.remote_id) for remote in person.remotes}
