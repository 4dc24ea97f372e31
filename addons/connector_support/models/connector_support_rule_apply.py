import uuid

import psycopg2

from odoo import api, models
from odoo.fields import Domain

from .connector_support_rule import NO_CONDITION, PLACEHOLDER, TICKET_TRIGGERS
from .connector_ticket import OPEN_STATUSES

SOLVED_STATUSES = ("solved", "closed")
#: Key under which a transaction knows what has happened to customers.
CHANGES = "connector_support.customer_changes"
#: Customers whose tickets one job comments on.
CHANGES_A_JOB = 200


class ConnectorSupportRule(models.Model):
    """How rules are set off: by pages of tickets, and by changes of customers.

    Which tickets of a page a rule means is decided with the page, by one query a rule.
    What it opens is opened by a job, so that what Odoo refuses there holds up no
    ticket; the job is committed with the page.
    """

    _inherit = "connector.support.rule"

    # -- tickets --------------------------------------------------------------

    @api.model
    def _noticed(self, connection, tickets, new):
        """Tickets were written: enqueue what rules open for them.

        :param new: those of ``tickets`` that came in just now
        """
        triggers = [name for name, _label in TICKET_TRIGGERS]
        rules = self.sudo().search(
            [
                ("company_id", "=", connection.company_id.id),
                ("trigger", "in", triggers),
            ]
        )
        meant = {}
        for rule in rules:
            found = rule._meant_by(new if rule.trigger == "created" else tickets)
            if found[0]:
                meant[rule] = found
        if not meant:
            return
        known = {
            (work.rule_id.id, work.ticket_id.id)
            for work in self.env["connector.support.work"]
            .sudo()
            .search_fetch(
                [
                    ("rule_id", "in", [rule.id for rule in meant]),
                    ("ticket_id", "in", tickets.ids),
                ],
                ["rule_id", "ticket_id"],
            )
        }
        jobs = self.env["connector.job"]
        calls = []
        for rule, (found, judged) in meant.items():
            ids = [i for i in found.ids if (rule.id, i) not in known]
            if ids:
                calls.append(
                    jobs.call(
                        rule,
                        "_job_open",
                        name=self.env._("Support rule “%s”", rule.name),
                        kwargs={"ticket_ids": ids, "judged": judged},
                        connection=connection,
                    )
                )
        jobs.enqueue_group(calls)

    def _meant_by(self, tickets):
        """Which tickets the rule means: ``(tickets, whether all was asked)``

        Conditions that can't be asked any more, as of a field that is gone, are left to
        the job, which fails where people see it.
        """
        timely = tickets.filtered(self._is_timely)
        if not timely:
            return timely, True
        try:
            with self.env.cr.savepoint(flush=False):
                domain = Domain("id", "in", timely.ids) & self._conditions()
                return timely.search(domain), True
        except psycopg2.OperationalError:
            # Serialization, lost server: the whole page, in a new transaction.
            raise
        except NO_CONDITION:
            return timely, False

    def _is_timely(self, ticket):
        """Whether what sets the rule off happened since the rule holds."""
        if self.trigger == "solved":
            if ticket.status not in SOLVED_STATUSES:
                return False
            moment = ticket.solved_at or ticket.updated_at
        elif self.trigger == "created":
            moment = ticket.created_at
        else:
            moment = ticket.updated_at
        return not moment or moment >= self.since

    def _job_open(self, job, ticket_ids, judged=True):
        """Open what the rule says, for tickets that it means."""
        rule = self.exists()
        if not rule.active:
            return {"skipped": len(ticket_ids)}
        tickets = self.env["connector.ticket"].browse(ticket_ids).exists()
        if not judged:
            domain = Domain("id", "in", tickets.ids) & rule._conditions()
            tickets = tickets.search(domain)
        works = self.env["connector.support.work"]._open(rule, tickets)
        return {"opened": len(works)}

    # -- customers ------------------------------------------------------------

    @api.model
    def _note_change(self, trigger, company, partner, text):
        """Something happened to a customer: its open tickets are told afterwards.

        What happens to it in one transaction is told together.

        :param partner: the commercial entity
        :param text: in words, for agents
        """
        precommit = self.env.cr.precommit
        if CHANGES not in precommit.data:
            precommit.data[CHANGES] = {}
            precommit.add(self.sudo()._enqueue_changes)
        changes = precommit.data[CHANGES].setdefault((trigger, company.id), {})
        texts = changes.setdefault(partner.id, [])
        if text not in texts:
            texts.append(text)

    @api.model
    def _enqueue_changes(self):
        noted = self.env.cr.precommit.data.pop(CHANGES, None) or {}
        jobs = self.env["connector.job"]
        calls = []
        for (trigger, company_id), changes in noted.items():
            of_company = [("company_id", "=", company_id), ("trigger", "=", trigger)]
            if not self.search_count(of_company, limit=1):
                continue
            rows = [
                [partner_id, "\n".join(texts)] for partner_id, texts in changes.items()
            ]
            for start in range(0, len(rows), CHANGES_A_JOB):
                kwargs = {
                    "trigger": trigger,
                    "company_id": company_id,
                    "changes": rows[start : start + CHANGES_A_JOB],
                    "occasion": f"{trigger}:{uuid.uuid4().hex}",
                }
                calls.append(
                    jobs.call(
                        self.browse(),
                        "_job_tell",
                        name=self.env._("Tell open tickets what has changed"),
                        kwargs=kwargs,
                    )
                )
        jobs.enqueue_group(calls)

    @api.model
    def _job_tell(self, job, trigger, company_id, changes, occasion):
        """Comment on the open tickets of customers; each is told once of a change."""
        texts = dict(changes)
        rules = self.search(
            [("company_id", "=", company_id), ("trigger", "=", trigger)]
        )
        tickets = self.env["connector.ticket"]
        comments = self.env["connector.ticket.comment"]
        told = 0
        for rule in rules:
            found = tickets.search(
                Domain("status", "in", OPEN_STATUSES)
                & Domain("commercial_partner_id", "in", list(texts))
                & rule._conditions(),
                order="id",
            )
            new = comments._say(
                [
                    {
                        "ticket_id": ticket.id,
                        "body": rule._fill(
                            rule.comment_open,
                            {
                                **rule._words_of(ticket),
                                "change": texts[ticket.commercial_partner_id.id],
                            },
                        ),
                        "is_internal": rule.is_internal,
                        "status": rule.status_open,
                        "occasion": occasion,
                    }
                    for ticket in found
                ]
            )
            told += len(new)
        return {"told": told}

    # -- texts ----------------------------------------------------------------

    def _fill(self, text, words):
        """A text with what it names filled in; what is unknown there is left empty."""
        return PLACEHOLDER.sub(lambda found: words.get(found[1]) or "", text or "")

    def _words_of(self, ticket):
        """What texts may name of a ticket, see ``PLACEHOLDERS``."""
        return {
            "number": ticket.number or "",
            "subject": ticket.name or "",
            "customer": ticket.commercial_partner_id.display_name or "",
            "company": ticket.company_id.name,
        }
