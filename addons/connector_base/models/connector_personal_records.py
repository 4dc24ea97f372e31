"""Where the connectors' own records are about a person, or quote one."""

from odoo import models
from odoo.tools import SQL


def of_record(person):
    """SQL of rows that name a record of the person's; ``None`` for none."""
    if not person.records:
        return None
    return SQL("(res_model, res_id) IN %s", tuple(person.records))


def of_flow(person):
    """SQL of rows that name the person's record at a vendor by its flow."""
    named = {(r.flow_id, r.remote_id) for r in person.remotes}
    return SQL("(flow_id, remote_id) IN %s", tuple(named)) if named else None


def either(*conditions):
    found = [condition for condition in conditions if condition is not None]
    return SQL("(%s)", SQL(" OR ").join(found)) if found else None


class ConnectorBinding(models.Model):
    _name = "connector.binding"
    _inherit = ["connector.binding", "connector.personal"]

    _personal_texts = ("agreed", "agreed_remote", "sent", "lock_reason")
    _personal_date = "synced_at"

    def _personal_about(self, person):
        return of_record(person)

    def _personal_erase(self, person):
        """The link stays, so that documents do, without values; it is followed no more.

        Of other records what quotes the person is as if it had never been agreed on.
        """
        own = self.browse(self._personal_about_ids(person, ids=self.ids))
        if own:
            own._personal_empty(
                ["agreed", "agreed_remote", "sent", "content_hash"],
                SQL(
                    "state = 'erased', lock_reason = %s,",
                    self.env._("Erased on request"),
                ),
            )
        return len(own) + (self - own)._forget_agreed(person)

    def _forget_agreed(self, person):
        changed = 0
        for binding in self:
            vals = {}
            for name in ("agreed", "agreed_remote", "sent"):
                values = binding[name]
                if values and person.says(values):
                    vals[name] = {
                        key: value
                        for key, value in values.items()
                        if not person.says(value)
                    }
            if person.says(binding.lock_reason):
                vals["lock_reason"] = person.without(binding.lock_reason)
            if vals:
                binding.write(vals)
                changed += 1
        return changed


class ConnectorChange(models.Model):
    _name = "connector.change"
    _inherit = ["connector.change", "connector.personal"]

    def _personal_about(self, person):
        return of_record(person)

    def _personal_erase(self, person):
        """What was to be told of the person isn't told any more."""
        return delete_rows(self)


class ConnectorConflict(models.Model):
    _name = "connector.conflict"
    _inherit = ["connector.conflict", "connector.personal"]

    _personal_texts = ("base", "ours", "theirs")

    def _personal_about(self, person):
        return either(of_record(person), of_flow(person))

    def _personal_erase(self, person):
        """One of the person's own goes; one of others is asked anew without values."""
        own = self.browse(self._personal_about_ids(person, ids=self.ids))
        changed = (self - own)._personal_mask(person)
        return changed + delete_rows(own)


class ConnectorCorrection(models.Model):
    _name = "connector.correction"
    _inherit = ["connector.correction", "connector.personal"]

    _personal_texts = ("wrong_value", "value", "reason")

    def _personal_about(self, person):
        return of_flow(person)

    def _personal_erase(self, person):
        """A value of the person's isn't put into anybody's record any more."""
        own = self.browse(self._personal_about_ids(person, ids=self.ids))
        own |= self.filtered(lambda c: person.says([c.value, c.wrong_value]))
        return delete_rows(own) + (self - own)._personal_mask(person, ["reason"])


class ConnectorMatchDecision(models.Model):
    _name = "connector.match.decision"
    _inherit = ["connector.match.decision", "connector.personal"]

    def _personal_about(self, person):
        named = {(r.connection_id, r.entity, r.remote_id) for r in person.remotes}
        return either(
            of_record(person),
            SQL("(connection_id, entity, remote_id) IN %s", tuple(named))
            if named
            else None,
        )

    def _personal_erase(self, person):
        return delete_rows(self)


class ConnectorLog(models.Model):
    _name = "connector.log"
    _inherit = ["connector.log", "connector.personal"]

    _personal_texts = ("changes", "note")

    def _personal_about(self, person):
        return either(of_record(person), of_flow(person))

    def _personal_erase(self, person):
        return self._erase(self.ids, self.env._("Erased on request"))


class ConnectorAudit(models.Model):
    _name = "connector.audit"
    _inherit = ["connector.audit", "connector.personal"]

    # Who did something stays: that is what the audit is for.
    _erasable = ("changes", "note", "record_label")
    _personal_texts = ("changes", "note", "record_label")

    def _personal_erase(self, person):
        return self._erase(self.ids, self.env._("Erased on request"))


class ConnectorJob(models.Model):
    """A job names records by their ids; what failed may quote what came."""

    _name = "connector.job"
    _inherit = ["connector.job", "connector.personal"]

    _personal_texts = (
        *("name", "kwargs", "original_kwargs", "result", "error", "error_detail"),
        *("traceback", "close_reason"),
    )

    def _personal_erase(self, person):
        """One that runs right now is left to its end: its row is its worker's."""
        return self.filtered(lambda job: job.state != "started")._personal_mask(person)


class ConnectorException(models.Model):
    _name = "connector.exception"
    _inherit = ["connector.exception", "connector.personal"]

    _personal_texts = ("name", "cause", "ignore_reason")


class ConnectorProcess(models.Model):
    _name = "connector.process"
    _inherit = ["connector.process", "connector.personal"]

    _personal_texts = ("message", "reason")


class ConnectorProcessStep(models.Model):
    _name = "connector.process.step"
    _inherit = ["connector.process.step", "connector.personal"]

    _personal_texts = ("message",)


class ConnectorSetupExample(models.Model):
    _name = "connector.setup.example"
    _inherit = ["connector.setup.example", "connector.personal"]

    _personal_texts = ("label",)

    def _personal_erase(self, person):
        return delete_rows(self)


class MailMessage(models.Model):
    """Notes at the connectors' own records; those at others are Odoo's."""

    _name = "mail.message"
    _inherit = ["mail.message", "connector.personal"]

    _personal_texts = ("body", "subject")
    _personal_date = "date"

    def _personal_among(self):
        return SQL("model LIKE 'connector.%%'")


class MailTrackingValue(models.Model):
    _name = "mail.tracking.value"
    _inherit = ["mail.tracking.value", "connector.personal"]

    _personal_texts = (
        *("old_value_char", "new_value_char", "old_value_text", "new_value_text"),
    )

    def _personal_among(self):
        return SQL(
            "mail_message_id IN"
            " (SELECT id FROM mail_message WHERE model LIKE 'connector.%%')"
        )


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "connector.personal"]

    _personal_texts = ("summary", "note")

    def _personal_among(self):
        return SQL("res_model LIKE 'connector.%%'")


def delete_rows(records):
    """Delete rows past what keeps people from deleting them; returns how many."""
    if records.ids:
        records.env.flush_all()
        records.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                records.ids,
            )
        )
        records.env.invalidate_all(flush=False)
    return len(records)
