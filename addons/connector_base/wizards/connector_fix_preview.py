import collections

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.errors import ConnectorError
from ..engine.masking import mask_text
from ..models.connector_job_dry_run import DRY_RUN, Enough, rolled_back
from ..models.connector_log import PLAIN

#: Records that a preview shows, and seconds that it may take.
SAMPLES = 3
SECONDS = 20
#: Log lines after which a preview ends: the samples and what they belong to.
MOST = 100
#: Kinds of fixes of which there is nothing to see beforehand.
NOTHING_TO_SEE = ("ignore", "reconnect")


class ConnectorFix(models.TransientModel):
    """Show what a decision would change, by doing it and taking it back.

    The samples are read fresh from the vendor first, with what they belong to; then the
    decision is made and the real import is run, in a transaction that is rolled back.
    """

    _inherit = "connector.fix"

    line_ids = fields.One2many("connector.fix.line", "fix_id", readonly=True)
    preview_text = fields.Char(readonly=True)

    def action_preview(self):
        self._check()
        return self._show(self._preview())

    def _show(self, found):
        """Open the dialog with what a preview has found."""
        self.line_ids.unlink()
        self.write(
            {
                "preview_text": found["text"],
                "line_ids": [fields.Command.create(line) for line in found["lines"]],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fix"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _is_complete(self):
        """Whether nothing is left to choose before it can be looked at."""
        try:
            self._check()
        except UserError:
            return False
        return True

    def _preview(self):
        """:return: dict of ``lines``, values of ``connector.fix.line``, and ``text``"""
        items = self._items(limit=SAMPLES)
        items = items.filtered(lambda item: item.flow_id == items[:1].flow_id)
        if self.kind in NOTHING_TO_SEE or not items:
            return {"lines": [], "text": self.env._("Nothing is changed in Odoo.")}
        if self.exception_id.process_kind:
            text = self.env._("The step that failed is done again.")
            return {"lines": [], "text": text}
        outgoing = self.exception_id.direction == "push"
        values = self._values()
        try:
            with rolled_back(self.env, SECONDS, MOST) as (env, _requests):
                fix = env[self._name].create(values)
                look = fix._preview_outgoing_here if outgoing else fix._preview_here
                lines = look(items.ids)
        except ConnectorError as error:
            sentence = self.exception_id._sentence_of_error(error)
            return {"lines": [], "text": sentence}
        except psycopg2.OperationalError:
            text = self.env._("Others are changing these records now: try again.")
            return {"lines": [], "text": text}
        except Enough:
            text = self.env._("This takes too long for a preview.")
            return {"lines": [], "text": text}
        return {"lines": lines, "text": self._preview_said(len(lines), outgoing)}

    def _preview_said(self, shown, outgoing):
        names = {
            "shown": shown,
            "all": self.exception_id._in_digits(self.record_count),
            "vendor": self.connection_id.name,
        }
        if outgoing:
            return self.env._(
                "Nothing has been sent. Shown are %(shown)s of %(all)s records, as they"
                " are in Odoo now. Whether %(vendor)s takes them shows when they go.",
                **names,
            )
        return self.env._(
            "Nothing has been written. Shown are %(shown)s of %(all)s records, as they"
            " are at %(vendor)s now.",
            **names,
        )

    def _values(self):
        """What was entered, for a copy of the dialog in another transaction."""
        return {
            name: field.convert_to_write(self[name], self)
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS and name != "line_ids"
        }

    def _for_looking(self, flow):
        """:return: ``(the dialog as what it does is looked at, id of the last log)``"""
        last_log = self.env["connector.job"]._dry_run_last_ids()["connector.log"]
        limits = {**self.env.context[DRY_RUN], "last_log": last_log}
        fix = self.with_context(**{DRY_RUN: limits, PLAIN: True})
        return fix.with_company(flow.company_id), last_log

    def _preview_here(self, item_ids):
        """Fetch, decide, import; the caller takes it back."""
        items = self.env["connector.exception.item"].browse(item_ids)
        flow = items[0].flow_id
        fix, last_log = self._for_looking(flow)
        env = fix.env
        flow, pull, job = (
            flow.with_env(env),
            env["connector.pull"],
            env["connector.job"],
        )
        run = pull._start(flow, job)
        records = run.reader.fetch_by_ids(items.mapped("remote_id"))
        present = [record for record in records if not record.archived]
        layers = pull._fetch_parents(run, present)
        # From here on nothing is asked of the vendor any more.
        fix._decide()
        env.flush_all()
        again = pull._build(flow, job, run.client, collections.Counter())
        again.absent = run.absent
        importer = env["connector.import"]
        for sibling, parents in reversed(layers):
            importer._import(sibling, pull._changed(sibling, parents, force=False))
        importer._import(again, pull._changed(again, records, force=True))
        found = {record.remote_id for record in records}
        gone = set(items.mapped("remote_id")) - found
        if gone:
            importer._take_gone(again, gone)
        env.flush_all()
        return [
            fix._preview_line(item.with_env(env), last_log, item.remote_id in found)
            for item in items
        ]

    def _preview_line(self, item, last_log, found):
        """What became of one sample."""
        logs = self.env["connector.log"].search(
            [
                ("id", ">", last_log),
                ("flow_id", "=", item.flow_id.id),
                ("remote_id", "=", item.remote_id),
            ],
            limit=1,
        )
        held = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", item.flow_id.id),
                ("direction", "=", "pull"),
                ("remote_id", "=", item.remote_id),
                ("state", "=", "open"),
                ("blocking", "=", True),
            ],
            limit=1,
        )
        line = {"record": item.label or item.remote_id, "good": not held}
        outcomes = {
            "create": self.env._("Would be created"),
            "link": self.env._("Would be linked"),
            "update": self.env._("Would be updated"),
            "restore": self.env._("Would be restored"),
            "archive": self.env._("Would be archived"),
            "keep": self.env._("Would stay as it is"),
        }
        if not found:
            return {**line, **self._line_of_gone(logs)}
        if held:
            message = mask_text(held.message or held.exception_id.name, 500)
            return {**line, "outcome": self.env._("Still held"), "changes": message}
        if logs:
            return {
                **line,
                "outcome": outcomes.get(logs.action, logs.action),
                "changes": logs.changes_text,
            }
        settled = self.env._("Settled, nothing to change")
        return {**line, "outcome": settled, "changes": False}

    def _line_of_gone(self, logs):
        """What follows from it that a sample isn't at the vendor any more."""
        vendor = self.connection_id.name
        archived = logs.action == "archive"
        outcome = (
            self.env._("Gone at %s: would be archived", vendor)
            if archived
            else self.env._("Gone at %s: nothing to change", vendor)
        )
        return {"good": not archived, "outcome": outcome, "changes": False}


class ConnectorFixLine(models.TransientModel):
    """What a fix would do to one record."""

    _name = "connector.fix.line"
    _description = "Fix Preview Line"

    fix_id = fields.Many2one("connector.fix", required=True, ondelete="cascade")
    record = fields.Char(readonly=True)
    outcome = fields.Char(string="What Would Happen", readonly=True)
    good = fields.Boolean(readonly=True)
    changes = fields.Text(string="Before and After", readonly=True)
