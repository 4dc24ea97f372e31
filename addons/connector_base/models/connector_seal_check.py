import datetime
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import sealing

#: Seconds of a check that a button waits for; the rest goes on in the background.
BUTTON_SECONDS = 10
#: Hours after which a chain is checked anew each night, and that rows may wait for
#: their seal before a check says so.
CHECK_HOURS = 12
LATE_HOURS = 24


def as_sealed(erased, row_id, leaf):
    """The digest that a row was sealed with, where it is as its erasure left it.

    :param erased: see ``connector.seal.erasure._of``
    """
    before, after = erased.get(row_id, (None, None))
    return before if leaf == after else leaf


class ConnectorSealCheck(models.Model):
    """One pass over a chain of seals, and what it found first."""

    _name = "connector.seal.check"
    _description = "Connector Seal Check"
    _order = "id desc"
    _rec_name = "started_at"
    _log_access = False

    chain_id = fields.Many2one(
        "connector.seal.chain",
        string="What Was Checked",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    started_at = fields.Datetime(string="Began", required=True, readonly=True)
    finished_at = fields.Datetime(string="Ended", readonly=True)
    state = fields.Selection(
        [("running", "Going On"), ("good", "Good"), ("broken", "Not Good")],
        required=True,
        readonly=True,
        default="running",
    )
    seal_count = fields.Integer(string="Seals", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    finding = fields.Text(string="What Was Found", readonly=True)
    seal_id = fields.Many2one("connector.seal", string="First Bad Seal", readonly=True)
    row_id = fields.Integer(string="First Bad Row", readonly=True, aggregator=None)
    # Where the chain ended: it must reach at least as far at the next check.
    head_number = fields.Integer(readonly=True, aggregator=None)
    head_hash = fields.Char(readonly=True)

    # -- go on ----------------------------------------------------------------

    @api.model
    def _cron_check(self):
        """Go on with checks that were begun; once a night begin one of each chain."""
        progress = self.env["ir.cron"]._commit_progress
        limit = fields.Datetime.now() - datetime.timedelta(hours=CHECK_HOURS)
        for name in self.env["connector.seal.chain"]._sealed_models():
            chain = self.env["connector.seal.chain"]._of(self.env[name])
            last = chain._last_check()
            if not last or last.finished_at and last.finished_at < limit:
                self._begin(chain)
        progress()
        for check in self.search([("state", "=", "running")], order="id"):
            while check._go_on():
                if not progress(1, remaining=1):
                    return
        progress(remaining=0)

    @api.model
    def _begin(self, chain):
        return self.create(
            {
                "chain_id": chain.id,
                "user_id": self.env.uid,
                "started_at": fields.Datetime.now(),
            }
        )

    def _go_on(self):
        """Check the next seal, a bounded number of rows.

        :return: whether there is more to check
        """
        self.ensure_one()
        seals = self.env["connector.seal"]
        here = [("chain_id", "=", self.chain_id.id)]
        number = self.seal_count
        previous = seals.search([*here, ("number", "=", number)]) if number else seals
        seal = seals.search([*here, ("number", ">", number)], order="number", limit=1)
        found = self._wrong_with(seal, previous) if seal else self._wrong_at_end()
        if found:
            self._end("broken", seal, *found)
        elif not seal:
            self._end("good", previous)
        else:
            self.seal_count += 1
            self.row_count += 0 if seal.expired_at else seal.count
        return self.state == "running"

    def _end(self, state, seal, finding=False, row_id=0):
        self.write(
            {
                "state": state,
                "finished_at": fields.Datetime.now(),
                "finding": finding,
                "row_id": row_id,
                "seal_id": seal.id if state == "broken" else False,
                "head_number": seal.number if state == "good" else 0,
                "head_hash": seal.hash if state == "good" else False,
            }
        )
        if finding:
            self.chain_id._tell(finding)

    # -- one seal -------------------------------------------------------------

    def _wrong_with(self, seal, previous):
        """What is wrong with a seal and its rows.

        :return: ``None``, or ``(sentence, id of the first bad row or 0)``
        """
        number = {"number": seal.number}
        if seal.number != previous.number + 1 or seal.after_id != previous.last_id:
            return self.env._("Seal %s is missing.", previous.number + 1), 0
        if sealing.digest(seal._header()) != seal.hash:
            return self.env._("Seal %(number)s was altered.", **number), 0
        if seal.previous_hash != (previous.hash or sealing.NO_SEAL):
            sentence = self.env._(
                "Seal %(number)s doesn't follow the one before it: one of them was"
                " replaced.",
                **number,
            )
            return sentence, 0
        if not sealing.is_signed(seal.key_id.public_key, seal.hash, seal.signature):
            return self.env._("Seal %(number)s bears a false signature.", **number), 0
        if seal.key_id.token and not self._is_own(seal.key_id):
            sentence = self.env._(
                "The key that seal %(number)s is signed with isn't one of this"
                " server's.",
                **number,
            )
            return sentence, 0
        return self._wrong_rows(seal)

    def _is_own(self, key):
        """Whether the secret half is ours and belongs to the public one."""
        try:
            return bool(key.sudo()._open())
        except UserError:
            return False

    def _wrong_rows(self, seal):
        rows = self.chain_id._rows()
        if seal.expired_at:
            if not sealing.is_signed(
                seal.key_id.public_key, seal._expiry_hash(), seal.expired_signature
            ) and not self._signed_by_other(seal):
                sentence = self.env._(
                    "The rows of seal %s are gone, and it wasn't the retention"
                    " procedure that deleted them.",
                    seal.number,
                )
                return sentence, 0
            sealed = []
        else:
            sealed = seal._leaves()
            if sealed is None:
                return self.env._(
                    "The rows listed in seal %s were altered.", seal.number
                ), 0
        found = rows._leaves(seal.after_id, seal.last_id, seal.format)
        erased = self.env["connector.seal.erasure"]._of(
            self.chain_id, seal.after_id, seal.last_id
        )
        found = [(row_id, as_sealed(erased, row_id, leaf)) for row_id, leaf in found]
        first = sealing.first_difference(sealed, found)
        return first and self._name_row(seal, *first)

    def _signed_by_other(self, seal):
        """A later key may have been in use when the rows were deleted."""
        keys = self.env["connector.signing.key"].sudo().with_context(active_test=False)
        return any(
            sealing.is_signed(
                key.public_key, seal._expiry_hash(), seal.expired_signature
            )
            for key in keys.search([("id", ">", seal.key_id.id)])
        )

    def _name_row(self, seal, row_id, kind):
        names = {
            "table": self.chain_id.display_name,
            "row": row_id,
            "seal": seal.number,
            "when": fields.Datetime.to_string(seal.sealed_at),
        }
        if kind == "missing":
            sentence = self.env._(
                "%(table)s: row %(row)s was deleted after it had been sealed (seal"
                " %(seal)s, %(when)s UTC).",
                **names,
            )
            return sentence, row_id
        names["what"] = self.chain_id._rows().browse(row_id).display_name
        sentences = {
            "altered": self.env._(
                "%(table)s: row %(row)s (%(what)s) was altered after it had been sealed"
                " (seal %(seal)s, %(when)s UTC).",
                **names,
            ),
            "inserted": self.env._(
                "%(table)s: row %(row)s (%(what)s) was slipped in after the rows around"
                " it had been sealed (seal %(seal)s, %(when)s UTC).",
                **names,
            ),
        }
        return sentences[kind], row_id

    # -- the whole chain ------------------------------------------------------

    def _wrong_at_end(self):
        """What is wrong where all seals are as they should be."""
        chain = self.chain_id
        before = self.search(
            [("chain_id", "=", chain.id), ("state", "=", "good")], limit=1
        )
        if before.head_number and not self.env["connector.seal"].search_count(
            [
                ("chain_id", "=", chain.id),
                ("number", "=", before.head_number),
                ("hash", "=", before.head_hash),
            ]
        ):
            sentence = self.env._(
                "Seal %(number)s, which was there at the check of %(when)s UTC, is gone"
                " or was replaced.",
                number=before.head_number,
                when=fields.Datetime.to_string(before.finished_at),
            )
            return sentence, 0
        if (
            chain._rows()._guards_missing()
            or self.env["connector.seal"]._guards_missing()
        ):
            sentence = self.env._(
                "The database's guard of %s was removed or switched off: somebody could"
                " change rows. Upgrade the addon to put it back.",
                chain.display_name,
            )
            return sentence, 0
        return self._wrong_late()

    def _wrong_late(self):
        """Rows that have waited for their seal for too long."""
        chain = self.chain_id
        limit = fields.Datetime.now() - datetime.timedelta(hours=LATE_HOURS)
        [(oldest,)] = self.env.execute_query(
            SQL(
                "SELECT MIN(create_date) FROM %s WHERE id > %s",
                SQL.identifier(chain._rows()._table),
                chain._last_seal().last_id,
            )
        )
        if not oldest or oldest > limit or not chain._last_seal():
            return None
        sentence = self.env._(
            "%(table)s: rows since %(when)s UTC are not sealed yet. Look whether the"
            " scheduled action that seals runs, and whether a transaction of the"
            " database server has been open since then.",
            table=chain.display_name,
            when=fields.Datetime.to_string(oldest),
        )
        return sentence, 0


class ConnectorSealChain(models.Model):
    _inherit = "connector.seal.chain"

    check_ids = fields.One2many("connector.seal.check", "chain_id", readonly=True)
    last_check_id = fields.Many2one(
        "connector.seal.check", compute="_compute_last_check_id"
    )
    check_state = fields.Selection(
        "_selection_check_state", string="Last Check", compute="_compute_last_check_id"
    )
    checked_at = fields.Datetime(string="Checked", compute="_compute_last_check_id")
    finding = fields.Text(string="What Was Found", compute="_compute_last_check_id")

    @api.model
    def _selection_check_state(self):
        return (
            self.env["connector.seal.check"]
            ._fields["state"]
            ._description_selection(self.env)
        )

    @api.depends("check_ids")
    def _compute_last_check_id(self):
        for chain in self:
            check = chain._last_check()
            chain.last_check_id, chain.check_state = check, check.state
            chain.checked_at, chain.finding = check.finished_at, check.finding

    def _last_check(self):
        return self.env["connector.seal.check"].search(
            [("chain_id", "=", self.id)], limit=1
        )

    @api.private
    def check(self, seconds=None):
        """Check the chain from its first seal.

        :param seconds: how long to go on at most; without it, to the end
        :return: the check, which may still be going on
        """
        self.check_access("read")
        check = self.env["connector.seal.check"].sudo()._begin(self)
        end = time.monotonic() + (seconds or float("inf"))
        while check._go_on() and time.monotonic() < end:
            check.env.invalidate_all()
        return check

    def action_check(self):
        """Check the seals; what takes longer goes on in the background."""
        checks = [chain.check(BUTTON_SECONDS) for chain in self]
        going = [check for check in checks if check.state == "running"]
        if going:
            self.env.ref("connector_base.cron_seal_check").sudo()._trigger()
        broken = [check.finding for check in checks if check.state == "broken"]
        if broken:
            kind, message = "danger", " ".join(broken)
        elif going:
            kind = "info"
            message = self.env._("So far all is good. The check goes on by itself.")
        else:
            kind = "success"
            message = self.env._(
                "Nothing was altered, deleted or slipped in: %s sealed rows are as they"
                " were.",
                sum(check.row_count for check in checks),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "sticky": bool(broken),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
