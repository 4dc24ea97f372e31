from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import sealing

#: What a seal's hash covers: name in its header -> field.
HEADER = {
    "number": "number",
    "format": "format",
    "after": "after_id",
    "last": "last_id",
    "count": "count",
    "sealed_at": "sealed_at",
    "newest_at": "newest_at",
    "rows": "rows_hash",
    "previous": "previous_hash",
}


def header_of(table, public_key, vals):
    """What a seal's hash covers.

    :param vals: dict with the fields of ``HEADER``; moments as naive UTC
    """
    header = {"table": table, "key": public_key}
    for name, field in HEADER.items():
        value = vals[field]
        is_moment = field.endswith("_at")
        header[name] = fields.Datetime.to_string(value) if is_moment else value
    return header


class ConnectorSeal(models.Model):
    """A seal over a stretch of ids of a table; see ``engine.sealing``."""

    _name = "connector.seal"
    _description = "Connector Seal"
    _inherit = ["connector.guarded"]
    _order = "chain_id, number desc"
    _rec_name = "number"
    _log_access = False

    chain_id = fields.Many2one(
        "connector.seal.chain", required=True, readonly=True, ondelete="restrict"
    )
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    format = fields.Integer(required=True, readonly=True, aggregator=None)
    after_id = fields.Integer(
        required=True, readonly=True, aggregator=None, help="The rows after that one."
    )
    last_id = fields.Integer(string="Up to Row", required=True, readonly=True)
    count = fields.Integer(string="Rows", required=True, readonly=True)
    sealed_at = fields.Datetime(string="Sealed", required=True, readonly=True)
    newest_at = fields.Datetime(
        string="Newest Row", required=True, readonly=True, index=True
    )
    rows_hash = fields.Char(required=True, readonly=True)
    previous_hash = fields.Char(required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)
    signature = fields.Char(required=True, readonly=True)
    key_id = fields.Many2one(
        "connector.signing.key", required=True, readonly=True, ondelete="restrict"
    )
    leaves = fields.Binary(
        attachment=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Of each row its id and hash.",
    )
    expired_at = fields.Datetime(
        string="Rows Deleted",
        readonly=True,
        help="When the retention procedure deleted the rows. The seal stays.",
    )
    expired_by_id = fields.Many2one("res.users", string="Deleted By", readonly=True)
    expired_signature = fields.Char(readonly=True)

    _number_uniq = models.Constraint(
        "UNIQUE(chain_id, number)", "A chain has each seal once."
    )

    def _header(self):
        """What the seal's hash covers."""
        self.ensure_one()
        vals = {name: self[name] for name in HEADER.values()}
        return header_of(self.chain_id.res_model, self.key_id.public_key, vals)

    def _expiry_hash(self):
        """What is signed when the rows are deleted: nobody else can say so."""
        return sealing.digest(
            {
                "seal": self.hash,
                "expired_at": fields.Datetime.to_string(self.expired_at),
                "by": self.expired_by_id.id,
            }
        )

    @api.model
    def _insert(self, chain, previous, leaves, last_id, newest_at, key, private):
        """Seal rows.

        :param leaves: ``[(id, digest)]``
        :param last_id: up to which id the stretch reaches
        """
        packed = sealing.pack_leaves(leaves)
        vals = {
            "number": previous.number + 1,
            "format": chain._rows()._seal_format(),
            "after_id": previous.last_id,
            "last_id": last_id,
            "count": len(leaves),
            "sealed_at": fields.Datetime.now(),
            "newest_at": newest_at,
            "rows_hash": sealing.leaves_digest(packed),
            "previous_hash": previous.hash or sealing.NO_SEAL,
        }
        own_hash = sealing.digest(header_of(chain.res_model, key.public_key, vals))
        vals |= {
            "chain_id": chain.id,
            "key_id": key.id,
            "hash": own_hash,
            "signature": sealing.sign(private, own_hash),
            "leaves": packed,
        }
        [(seal_id,)] = self.env.execute_query(
            SQL(
                "INSERT INTO connector_seal (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, vals)),
                tuple(vals.values()),
            )
        )
        return self.browse(seal_id)

    def _leaves(self):
        """``[(id, digest)]`` as sealed; ``None`` where the list was altered."""
        [(packed,)] = self.env.execute_query(
            SQL("SELECT leaves FROM connector_seal WHERE id = %s", self.id)
        )
        packed = bytes(packed or b"")
        if sealing.leaves_digest(packed) != self.rows_hash:
            return None
        return sealing.unpack_leaves(packed)

    def _expire(self, rows, private):
        """Delete the rows and say so in the seal; :return: how many they were"""
        self.ensure_one()
        with self._announced():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE id > %s AND id <= %s",
                    SQL.identifier(rows._table),
                    self.after_id,
                    self.last_id,
                )
            )
            done = self.env.cr.rowcount
            self.write(
                {
                    "expired_at": fields.Datetime.now(),
                    "expired_by_id": self.env.uid,
                    "leaves": False,
                }
            )
            self.expired_signature = sealing.sign(private, self._expiry_hash())
        rows.invalidate_model(flush=False)
        return done
