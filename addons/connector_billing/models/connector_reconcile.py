import collections

from odoo import api, models

from odoo.addons.connector_base.service_user import as_worker

#: Key of the context: ``((debit line, credit line), amount)`` pairs of ids, each the
#: most that may be reconciled between the two.
EXACT = "connector_exact_amounts"


class ConnectorReconcile(models.AbstractModel):
    """Reconcile exactly what a vendor says, neither more nor less.

    Odoo's own reconciling takes as much as both lines have left. A vendor says how much
    of a payment, or of a credit note, goes to which invoice.
    """

    _name = "connector.reconcile"
    _description = "Connector Reconcile"

    @api.model
    def _apply(self, pairs):
        """Reconcile pairs of posted lines by amounts, all in one go.

        Takes no more than both lines have left. Exchange differences are booked by
        Odoo, for the part that is reconciled.

        :param pairs: list of ``(debit line, credit line, amount)``, of one account
            each; the amount is positive, in the currency of the debit line
        :return: list of what was reconciled of each, as floats in that currency
        """
        wanted = collections.defaultdict(float)
        left, given = {}, []
        for debit, credit, amount in pairs:
            currency = debit.currency_id
            same = currency == credit.currency_id
            for line in debit | credit:
                left.setdefault(line, abs(line.amount_residual_currency))
            amount = min(float(amount), left[debit], left[credit] if same else amount)
            amount = max(currency.round(amount), 0.0)
            if debit.reconciled or credit.reconciled:
                amount = 0.0
            given.append(amount)
            if amount:
                left[debit] -= amount
                if same:
                    left[credit] -= amount
                wanted[debit, credit] += amount
        if wanted:
            exact = tuple(
                ((debit.id, credit.id), debit.currency_id.round(amount))
                for (debit, credit), amount in wanted.items()
            )
            self.with_context(**{EXACT: exact})._match(
                [debit + credit for debit, credit in wanted]
            )
        return given

    @api.model
    def _match(self, plan):
        """Reconcile lines with one another, as far as they come to nothing.

        :param plan: list of recordsets of lines that belong together
        """
        lines = self.env["account.move.line"]
        lines = as_worker(lines, lines.union(*plan).company_id)
        lines._reconcile_plan([lines.browse(group.ids) for group in plan])

    @api.model
    def _applied(self, lines):
        """What is reconciled with lines.

        :return: ``{(debit line, credit line): amount in the currency of the debit
            line}``
        """
        found = collections.defaultdict(float)
        for partial in lines.matched_debit_ids | lines.matched_credit_ids:
            key = partial.debit_move_id, partial.credit_move_id
            found[key] += partial.debit_amount_currency
        return dict(found)

    @api.model
    def _agree(self, lines, pairs, among=None):
        """Make what is reconciled with lines just what it should be.

        What is there already stays; what is too much is undone, what lacks is added.

        :param lines: the lines whose counterparts ``pairs`` tells completely
        :param pairs: as of :meth:`_apply`
        :param among: lines whose matches may be undone: others, as a payment that a
            person has matched by hand, stay as they are; all unless given
        :return: as of :meth:`_apply`, of what is reconciled in the end
        """
        wanted = collections.defaultdict(float)
        for debit, credit, amount in pairs:
            wanted[debit, credit] += float(amount)
        undone = self.env["account.partial.reconcile"]
        for key, amount in self._applied(lines).items():
            if among is not None and not set(key) <= set(lines | among):
                continue
            currency = key[0].currency_id
            if currency.compare_amounts(amount, wanted.get(key, 0.0)) > 0:
                undone |= self._partials(*key)
        as_worker(undone, undone.company_id).unlink()
        applied = self._applied(lines)
        keys = list(wanted)
        added = self._apply(
            [(*key, wanted[key] - applied.get(key, 0.0)) for key in keys]
        )
        totals = {
            key: applied.get(key, 0.0) + amount
            for key, amount in zip(keys, added, strict=True)
        }
        return [totals[debit, credit] for debit, credit, _amount in pairs]

    def _partials(self, debit, credit):
        return debit.matched_credit_ids.filtered(
            lambda partial: partial.credit_move_id == credit
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _prepare_reconciliation_amls(self, values_list, shadowed_aml_values=None):
        """Reconcile no more of a pair than is wanted, where that is said.

        Odoo reckons with a part of each line, with its share in company currency, as if
        that were all: its exchange difference is the one of that part.
        """
        exact = dict(self.env.context.get(EXACT) or ())
        by_id = {values["aml"].id: values for values in values_list}
        pair = next((key for key in exact if by_id.keys() == set(key)), None)
        if pair is None:
            return super()._prepare_reconciliation_amls(
                values_list, shadowed_aml_values=shadowed_aml_values
            )
        debit, credit = (by_id[line_id] for line_id in pair)
        currency = debit["aml"].currency_id
        parts = [_part(values, currency, exact[pair]) for values in (debit, credit)]
        before = [dict(part) for part in parts]
        result = self._prepare_reconciliation_single_partial(
            *parts, shadowed_aml_values=shadowed_aml_values
        )
        done = set()
        for values, part, was in zip((debit, credit), parts, before, strict=True):
            line = values["aml"]
            for name in ("amount_residual", "amount_residual_currency"):
                values[name] += part[name] - was[name]
            if line.currency_id.is_zero(
                values["amount_residual_currency"]
            ) and line.company_currency_id.is_zero(values["amount_residual"]):
                done.add(line.id)
        return [result] if result.get("partial_values") else [], done


def _part(values, currency, amount):
    """The values of a line as if it had no more left than an amount.

    :param amount: positive, in ``currency``; lines in another one stay whole
    """
    line = values["aml"]
    left = abs(values["amount_residual_currency"])
    part = dict(values)
    if line.currency_id != currency or currency.compare_amounts(amount, left) >= 0:
        return part
    sign = 1 if values["amount_residual_currency"] > 0 else -1
    part["amount_residual_currency"] = sign * amount
    part["amount_residual"] = line.company_currency_id.round(
        values["amount_residual"] * amount / left
    )
    return part
