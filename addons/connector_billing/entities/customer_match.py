import dataclasses

from odoo import models

from odoo.addons.connector_base.engine import matching
from odoo.addons.connector_base.entities.customer_match import ALIKE

#: Key of the context: whether companies are matched just now, or persons.
COMPANIES = "connector_billing_companies"


class ConnectorEntityBillingCustomer(models.AbstractModel):
    """How those who are billed are found among the partners.

    As companies or contacts are, whichever they are: a batch is matched in two halves.
    A further billing account of a company that is known already becomes an invoice
    address of it: each keeps its own partner, and the books show one customer.
    """

    _inherit = "connector.entity.billing.customer"

    @property
    def _match_is_company(self):
        return bool(self.env.context.get(COMPANIES))

    def _match_kind(self):
        """The entity that matches partners of the kind at hand."""
        kind = "company" if self._match_is_company else "contact"
        return self.env[f"connector.entity.customer.{kind}"]

    def _of_kind(self, is_company):
        return self.with_context(**{COMPANIES: bool(is_company)})

    def _match_methods(self):
        _, method = self.env._, matching.Method
        return [
            *super()._match_methods(),
            method("domain", _("domain"), threshold=ALIKE, weight=85),
            method(
                "name_zip",
                _("name, postal code and country"),
                certain=False,
                weight=75,
            ),
            self._match_fuzzy(),
        ]

    def _match_noted_keys(self, run, mapped):
        kind = self._of_kind(self._is_company(mapped))
        return super(ConnectorEntityBillingCustomer, kind)._match_noted_keys(
            run, mapped
        )

    def _match(self, run, batch):
        for is_company in (True, False):
            part = [m for m in batch if bool(self._is_company(m)) == is_company]
            kind = self._of_kind(is_company)
            super(ConnectorEntityBillingCustomer, kind)._match(run, part)
            if is_company:
                kind._join_known(run, part)

    def _join_known(self, run, batch):
        """Make invoice addresses of further accounts of companies that are known.

        Known are those that this connection has bound, by their tax ID: nothing else
        is sure enough for two accounts to be one customer.
        """
        waiting = {
            id(mapped): self._match_facts(run, mapped)
            for mapped in batch
            if not mapped.record_id and not mapped.held
        }
        keys = {facts.tax for facts in waiting.values() if facts.tax}
        if not keys:
            return
        hits = self._match_find_tax_id(run, None, list(keys))
        partners = self.env["res.partner"].browse({i for _key, i in hits}).exists()
        company = run.connection.company_id
        customers = {
            partner.id: partner.commercial_partner_id
            for partner in partners
            if partner.active and partner.company_id in (company, company.browse())
        }
        found = {}
        for key, partner_id in hits:
            if partner_id in customers:
                found.setdefault(key, set()).add(customers[partner_id])
        for mapped in batch:
            facts = waiting.get(id(mapped))
            known = found.get(facts.tax, ()) if facts else ()
            if len(known) == 1:
                mapped.on_create |= {
                    "parent_id": next(iter(known)).id,
                    "is_company": False,
                    "type": "invoice",
                }

    # -- as companies or contacts are -----------------------------------------

    def _match_name_key(self, name):
        return self._match_kind()._match_name_key(name)

    def _match_facts(self, run, mapped):
        facts = super()._match_facts(run, mapped)
        further = matching.addresses(mapped.canonical.get("billing_email"))
        return dataclasses.replace(facts, emails=facts.emails | frozenset(further))

    def _match_contradictions(self, remote, ours):
        return self._match_kind()._match_contradictions(remote, ours)

    def _match_hit(self, rule, remote, ours):
        return self._match_kind()._match_hit(rule, remote, ours)

    def _match_keys_email(self, remote):
        return self._match_kind()._match_keys_email(remote)

    def _match_keys_domain(self, remote):
        return remote.domains if self._match_is_company else ()

    def _match_find_domain(self, run, rule, keys):
        return self._match_kind()._match_find_domain(run, rule, keys)
