from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import sealing
from .bulk_insert import bulk_insert


def _hash_of(chain, row_id, before, after, moment):
    """What is signed of an erasure."""
    return sealing.digest(
        {
            "table": chain.res_model,
            "row": row_id,
            "before": before,
            "after": after,
            "at": fields.Datetime.to_string(moment),
        }
    )


class ConnectorSealErasure(models.Model):
    """What a person's right to be forgotten has taken out of a row that is kept.

    The row stays, without what it said. What it was sealed as stays, too, with what it
    is now: signed, so that nobody without the server's keys calls a change an erasure.
    """

    _name = "connector.seal.erasure"
    _description = "Connector Seal Erasure"
    _inherit = ["connector.guarded"]
    _order = "id desc"
    _rec_name = "row_id"
    _log_access = False

    chain_id = fields.Many2one(
        "connector.seal.chain", required=True, readonly=True, ondelete="restrict"
    )
    row_id = fields.Integer(required=True, readonly=True, aggregator=None)
    hash_before = fields.Char(required=True, readonly=True)
    hash_after = fields.Char(required=True, readonly=True)
    erased_at = fields.Datetime(string="Erased", required=True, readonly=True)
    erased_by_id = fields.Many2one("res.users", readonly=True)
    reason = fields.Char(readonly=True)
    signature = fields.Char(required=True, readonly=True)
    key_id = fields.Many2one(
        "connector.signing.key", required=True, readonly=True, ondelete="restrict"
    )

    _row_idx = models.Index("(chain_id, row_id)")

    @api.model
    def _of(self, chain, after_id, last_id):
        """The erasures of a stretch of rows that bear our signature.

        :return: ``{row id: (digest as it was sealed, digest as it is now)}``
        """
        found = {}
        rows = self.search(
            [
                ("chain_id", "=", chain.id),
                ("row_id", ">", after_id),
                ("row_id", "<=", last_id),
            ],
            order="id",
        )
        for one in rows:
            pair = one.hash_before, one.hash_after
            said = _hash_of(chain, one.row_id, *pair, one.erased_at)
            if not sealing.is_signed(one.key_id.public_key, said, one.signature):
                continue
            # Of a row that was erased twice, the first digest is the sealed one.
            before = found[one.row_id][0] if one.row_id in found else one.hash_before
            found[one.row_id] = before, one.hash_after
        return found

    @api.model
    def _sign(self, chain, before, after, reason):
        """Note erased rows, in one statement.

        :param before: ``{row id: digest}``; ``after`` the same
        """
        key, private = self.env["connector.signing.key"]._current()
        now = fields.Datetime.now()
        bulk_insert(
            self,
            [
                {
                    "chain_id": chain.id,
                    "row_id": row_id,
                    "hash_before": was,
                    "hash_after": after[row_id],
                    "erased_at": now,
                    "erased_by_id": self.env.uid,
                    "reason": reason,
                    "signature": sealing.sign(
                        private, _hash_of(chain, row_id, was, after[row_id], now)
                    ),
                    "key_id": key.id,
                }
                for row_id, was in before.items()
            ],
        )


class ConnectorSealed(models.AbstractModel):
    _inherit = "connector.sealed"

    #: What may hold something about a person; all else says what was done, and stays.
    _erasable = ("changes", "note")

    @api.model
    def _erase(self, ids, reason):
        """Take out of rows what they say about a person; the rows stay.

        Part of the procedures that forget a person: the database lets nobody else do
        it, a check of the seals goes on to find the rows good, and the audit tells.

        :param ids: ids of rows; a bounded batch of them
        :param reason: why, without naming the person
        :return: number of rows that had anything to erase
        """
        chain = self.env["connector.seal.chain"].sudo()._of(self)
        # Nothing is sealed meanwhile: a row is sealed before or after, not both.
        self.env.cr.execute(
            SQL("SELECT FROM connector_seal_chain WHERE id = %s FOR UPDATE", chain.id)
        )
        condition = SQL(
            "id = ANY(%s) AND (%s)",
            list(ids),
            SQL(" OR ").join(
                SQL("%s IS NOT NULL", SQL.identifier(name)) for name in self._erasable
            ),
        )
        number = self._seal_format()
        before = {
            content["id"]: sealing.digest(content)
            for content in self._contents(condition, number)
        }
        if not before:
            return 0
        same = SQL("id = ANY(%s)", list(before))
        with self._announced():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE %s",
                    SQL.identifier(self._table),
                    SQL(", ").join(
                        SQL("%s = NULL", SQL.identifier(name))
                        for name in self._erasable
                    ),
                    same,
                )
            )
        self.invalidate_model(flush=False)
        after = {
            content["id"]: sealing.digest(content)
            for content in self._contents(same, number)
        }
        last_id = chain._last_seal().last_id
        sealed = {row_id: leaf for row_id, leaf in before.items() if row_id <= last_id}
        self.env["connector.seal.erasure"].sudo()._sign(chain, sealed, after, reason)
        said = {self.env._("Rows"): [None, len(before)]}
        self.env["connector.audit"]._note(chain.sudo(False), "erase", said, reason)
        return len(before)
