from odoo import models
from odoo.tools import SQL


class ConnectorAgreement(models.Model):
    _name = "connector.agreement"
    _inherit = ["connector.agreement", "connector.standing.source"]

    _standing_watched = frozenset(
        {"state", "date_start", "date_end", "partner_id", "active"}
    )


class ConnectorCustomerStanding(models.Model):
    """A standing knows the customer's contract."""

    _inherit = "connector.customer.standing"

    def _add_figures(self, company, found):
        super()._add_figures(company, found)
        self._add_agreements(company, found)

    def _add_agreements(self, company, found):
        """The contract that is active, the newest; or else the one that was last.

        Where something knows better, as subscriptions, that stays.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(people)s
                SELECT DISTINCT ON (people.customer) people.customer, c.state,
                       c.date_end
                  FROM people JOIN connector_agreement c ON c.partner_id = people.id
                 WHERE c.company_id = %(company)s AND c.active AND c.state <> 'draft'
                 ORDER BY people.customer, c.state = 'active' DESC,
                          c.date_start DESC NULLS LAST, c.id DESC
                """,
                people=self._people(found),
                company=company.id,
            )
        )
        for partner_id, state, date_end in rows:
            if found[partner_id]["subscription_state"]:
                continue
            found[partner_id].update(
                subscription_state=state,
                renewal_date=date_end if state == "active" and date_end else False,
            )
