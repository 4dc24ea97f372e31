"""What a batch of bookings shares: looked up once, asked by each of them."""

import dataclasses
import datetime
import zoneinfo

from odoo.addons.connector_base.engine.records import Problem


@dataclasses.dataclass(slots=True)
class Booking:
    """How the money of one connection is booked.

    :param policy: ``connector.billing.policy``, may be empty
    :param dates: ``{date: (date on which it is booked or None, Problem or None)}``
    :param told: ``{(record id, kind): when}`` of what the balance says of the records
        that have come to an end
    """

    policy: object
    dates: dict = dataclasses.field(default_factory=dict)
    rates: dict = dataclasses.field(default_factory=dict)
    told: dict = dataclasses.field(default_factory=dict)

    @property
    def company(self):
        return self.policy.company_id

    @property
    def clearing(self):
        return self.policy.clearing_account_id

    def tells_balance(self):
        """Whether each movement of the balance is told, with its day."""
        flows = self.policy.connection_id.flow_ids
        return any(flow.entity == "billing.balance" and flow.active for flow in flows)

    def zone(self):
        """The time zone in which a moment is a day of the company's books."""
        name = self.company.partner_id.tz or self.policy.connection_id.tz or "UTC"
        return zoneinfo.ZoneInfo(name)

    def day(self, moment):
        """The day of a moment, where the company is.

        :param moment: naive UTC, as Odoo stores it, or a date
        """
        if not isinstance(moment, datetime.datetime):
            return moment
        return moment.replace(tzinfo=datetime.UTC).astimezone(self.zone()).date()

    def date_of(self, moment):
        """On which date something is booked.

        :return: ``(date or None, Problem or None)``
        """
        day = self.day(moment)
        if day not in self.dates:
            self.dates[day] = self.policy._money_date(day)
        return self.dates[day]

    def missing(self, *names):
        """The problem of a policy that lacks an account or a journal, or ``None``."""
        labels = [
            self.policy._fields[name]._description_string(self.policy.env)
            for name in names
            if not self.policy[name]
        ]
        if not labels:
            return None
        return Problem(
            "mapping",
            "money_not_set_up",
            cause=",".join(names),
            params={
                "fields": ", ".join(labels),
                "connection": self.policy.connection_id.name,
            },
            blocking=False,
            shared=True,
        )

    def no_rate(self, *currencies):
        """The problem of a currency that can't be counted in the company's, if any.

        Odoo counts one for one where it has no rate: never what is meant.
        """
        for currency in currencies:
            if currency not in self.rates:
                self.rates[currency] = self._no_rate(currency)
            if self.rates[currency]:
                return self.rates[currency]
        return None

    def _no_rate(self, currency):
        company = self.company
        if currency == company.currency_id:
            return None
        known = any(
            rate.company_id in (company.root_id, company.browse())
            for rate in currency.rate_ids
        )
        if currency.active and known:
            return None
        return Problem(
            "mapping",
            "no_rate",
            field="currency",
            cause=currency.name,
            params={"currency": currency.name, "company": company.name},
            blocking=False,
            shared=True,
        )

    def in_company_currency(self, currency, amount, date):
        """An amount in the company's currency, rounded: float in, float out."""
        company = self.company
        return currency._convert(amount, company.currency_id, company, date)

    def clearing_lines(self, moves, currency):
        """The items in the clearing account of posted entries, in one currency."""
        clearing = self.clearing
        return moves.line_ids.filtered(
            lambda line: (
                line.account_id == clearing
                and line.currency_id == currency
                and line.parent_state == "posted"
            )
        )
