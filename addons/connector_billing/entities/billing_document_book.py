from odoo import Command, models
from odoo.exceptions import UserError

from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.service_user import as_service

from .billing_document import PRODUCT

#: Fields of a document that mirror the billing system's state of it.
MIRRORED = (
    *("connector_status", "connector_total", "connector_paid", "connector_voided_at"),
    *("connector_uncollectible_at", "connector_balance_used", "connector_dunning"),
    *("connector_attempts", "connector_next_attempt_at", "connector_last_failure"),
    *("connector_to_balance", "connector_applications", "connector_digest"),
    *("invoice_date_due", "ref"),
)


class ConnectorEntityBillingDocument(models.AbstractModel):
    """Documents are booked, posted by the policy, and corrected."""

    _inherit = "connector.entity.billing.document"

    # -- what is not taken ----------------------------------------------------

    def _left_out(self, run, batch):
        """Drafts unless the policy takes them, and what never became more than one."""
        policy = self.env["connector.billing.policy"]._for(run.connection)
        left_out = super()._left_out(run, batch)
        for mapped in batch:
            status = mapped.canonical.get("status")
            unborn = status == "void" and not mapped.canonical.get("number")
            if not mapped.record_id and (
                unborn or (status == "draft" and not policy.take_drafts)
            ):
                left_out.append(mapped)
        return left_out

    def _nested_references(self, run, record):
        for line in self._raw_lines(run, record):
            if line.get("product"):
                yield PRODUCT, line["product"]

    def _raw_lines(self, run, record):
        for line in run.compiled.lines:
            if line.field.name == "lines":
                found = line.get(record.values)
                return found if isinstance(found, list) else ()
        return ()

    # -- new documents --------------------------------------------------------

    def _match(self, run, unbound):
        super()._match(run, unbound)
        self._check_numbers(run, [m for m in unbound if not m.held and m.on_create])

    def _check_numbers(self, run, new):
        """Hold documents whose number the journal has already: one query."""
        names = {mapped.on_create["name"] for mapped in new if mapped.on_create["name"]}
        journal = new and run.tables["booking"].policy.journal_id
        if not names or not journal:
            return
        taken = set(
            self.env["account.move"]
            .search_fetch(
                [("journal_id", "=", journal.id), ("name", "in", list(names))],
                ["name"],
            )
            .mapped("name")
        )
        for mapped in new:
            name = mapped.on_create["name"]
            if name and name in taken:
                self._hold(
                    mapped,
                    "validation",
                    "billing_number_taken",
                    field="number",
                    params={"journal": journal.display_name},
                    details={"number": name},
                )
            taken.add(name)

    def _commands(self, vals):
        """The lines of a document are commands already."""
        lines = vals.get("invoice_line_ids")
        plain = {key: val for key, val in vals.items() if key != "invoice_line_ids"}
        commands = super()._commands(plain)
        return commands if lines is None else {**commands, "invoice_line_ids": lines}

    def _create_records(self, vals_list):
        moves = super()._create_records(vals_list)
        self._check_totals(moves)
        self._post_by_policy(moves)
        return moves

    def _check_totals(self, moves):
        """Odoo must have come to the vendor's total: nothing is posted otherwise."""
        for move in moves:
            total = abs(move.connector_total)
            if move.currency_id.compare_amounts(move.amount_total, total):
                raise UserError(
                    self.env._(
                        "%(number)s comes to %(ours)s in Odoo, and was billed with"
                        " %(theirs)s.",
                        number=move.name or move.connector_number,
                        ours=move.amount_total,
                        theirs=total,
                    )
                )

    def _post_by_policy(self, moves):
        """Post what may be posted; the rest waits for its window or its approval."""
        ready = moves.filtered(lambda m: m.connector_status != "draft")
        for connection, group in ready.grouped("connector_connection_id").items():
            policy = self.env["connector.billing.policy"]._for(connection)
            if policy.posting == "immediate":
                as_service(group)._post(soft=False)
            else:
                as_service(group).write({"connector_to_post": True})

    # -- known documents ------------------------------------------------------

    def _write_records(self, record_ids, vals):
        due = vals.pop("invoice_date_due", None)
        super()._write_records(record_ids, vals)
        moves = self.env["account.move"].browse(record_ids)
        if due:
            self._write_due(moves, due)
        if "connector_status" in vals and vals["connector_status"] != "draft":
            born = moves.filtered(
                lambda m: m.state == "draft" and not m.connector_to_post
            )
            self._post_by_policy(born)
        moves._connector_follow()

    def _write_due(self, moves, due):
        """A posted invoice may be due on another day: nothing is booked by that."""
        drafts = moves.filtered(lambda move: move.state == "draft")
        as_service(drafts).write({"invoice_date_due": due})
        posted = (moves - drafts).with_context(skip_invoice_sync=True)
        lines = posted._receivable().filtered(lambda line: not line.reconciled)
        as_service(lines).write({"date_maturity": due})
        as_service(posted).write({"invoice_date_due": due})

    def _check_changes(self, run, batch):
        """Book anew what has changed: a draft itself, a posted one by the policy."""
        super()._check_changes(run, batch)
        changed = [
            mapped
            for mapped in batch
            if "connector_digest" in mapped.values and mapped.on_create
        ]
        if not changed:
            return
        booking = run.tables["booking"]
        moves = self.env["account.move"].browse([m.record_id for m in changed])
        by_id = {move.id: move for move in moves}
        todo = []
        for mapped in changed:
            move = by_id[mapped.record_id]
            decision = booking.decisions.get(mapped.record.remote_id) or {}
            if move.state == "draft":
                todo.append((mapped, move, self._rebuild))
            elif booking.policy.correction == "reverse" or decision.get("book_anew"):
                todo.append((mapped, move, self._book_anew))
            else:
                self._ask_to_correct(mapped, move)

        def work(part):
            for mapped, move, method in part:
                method(run, mapped, move)

        for (mapped, _move, _method), problem in self.env["connector.import"]._isolated(
            todo, work
        ):
            mapped.problems.append(problem)

    def _ask_to_correct(self, mapped, move):
        for name in ("connector_digest", "connector_total"):
            mapped.values.pop(name, None)
            mapped.changes.pop(name, None)
        mapped.problems.append(
            Problem(
                "conflict",
                "billing_document_changed",
                details={"number": move.name},
                blocking=False,
            )
        )

    def _rebuild(self, run, mapped, move):
        """A draft gets the lines and dates of the new version."""
        vals = dict(mapped.on_create)
        for name in ("company_id", "connector_connection_id", "connector_role"):
            del vals[name]
        vals["invoice_line_ids"] = [Command.clear(), *vals["invoice_line_ids"]]
        vals["connector_total"] = mapped.canonical["total"]
        as_service(move).write(vals)
        self._check_totals(move)

    def _book_anew(self, run, mapped, move):
        """Reverse a posted document and book its new version under its number.

        The first version keeps the number, as it is posted; later ones count on.
        """
        policy = run.tables["booking"].policy
        move._connector_reverse(policy, {move: move.date}, "replaced")
        versions = self.env["account.move"].search_count(
            [
                ("connector_connection_id", "=", run.connection.id),
                ("connector_number", "=", move.connector_number),
                ("connector_role", "in", ("document", "replaced")),
            ]
        )
        kept = move.read(MIRRORED, load=None)[0]
        del kept["id"]
        vals = {**mapped.on_create, **kept, **mapped.values}
        vals["connector_total"] = mapped.canonical["total"]
        vals["name"] = f"{vals['name']} ({versions + 1})"
        as_service(move).write({"connector_role": "replaced"})
        new = self._create_records([vals])
        self.env["connector.billing.decision"]._done(run.flow, mapped.record.remote_id)
        mapped.record_id = new.id
        self.env["connector.binding"].browse(mapped.binding["id"]).res_id = new.id
        mapped.note = self.env._(
            "It was changed: %(old)s is reversed, and %(new)s booked.",
            old=move.name,
            new=new.name,
        )

    def _after_write(self, run, done):
        super()._after_write(run, done)
        moves = self.env["account.move"].browse([m.record_id for m in done])
        credits = moves.filtered("connector_applications")
        self.env["connector.credit.application"]._note(credits)
        self.env["connector.credit.application"]._settle_moves(moves)

    def _archive_records(self, record_ids):
        """What is gone there was a draft: a posted document is never deleted."""
        moves = self.env["account.move"].browse(record_ids)
        as_service(moves.filtered(lambda move: move.state == "draft")).button_cancel()
