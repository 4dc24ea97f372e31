import collections
import dataclasses

from odoo import models
from odoo.tools import SQL

from odoo.addons.connector_base.engine import matching
from odoo.addons.connector_base.engine.records import Problem, RemoteRecord
from odoo.addons.connector_base.models.connector_mapper import Mapped

from ..engine.requesters import requester_key, requester_shown

REQUESTER, ORGANIZATION = "support.requester", "support.organization"
#: Entity fields by which a requester is told; without any a ticket keeps who it has.
TOLD_BY = frozenset({"requester", "requester_email", "organization"})


@dataclasses.dataclass(slots=True)
class Asked:
    """Who asked in a ticket, as the desk tells it.

    :param key: what names the requester on the ticket, see ``engine.requesters``
    :param organization: the desk's id of the organization
    :param company_id: Odoo id of the company, once known
    :param partner_id: Odoo id of who asked, once known
    """

    mapped: object
    key: str | None
    ref: str | None
    email: str | None
    organization: str | None
    company_id: int | None = None
    partner_id: int | None = None

    @property
    def domain(self):
        return matching.mail_domain(self.email) if self.email else None


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A partner that somebody may be."""

    id: int
    active: bool
    is_company: bool
    commercial_id: int


class ConnectorEntitySupportTicket(models.AbstractModel):
    """Who asked in a ticket: each question is put once for a whole page.

    By the desk's id; by what a person has said; by e-mail address, aliases included; by
    the organization; by the organization's domain. Who is found by the last two only is
    the company, as long as no contact may be made.
    """

    _inherit = "connector.entity.support.ticket"

    def _resolve_requesters(self, run, batch):
        """Set who asked; report whom Odoo doesn't know, see the support policy."""
        batch = [mapped for mapped in batch if TOLD_BY & mapped.canonical.keys()]
        asked = [self._asked(mapped) for mapped in batch]
        if not asked:
            return
        self._find_by_id(run, asked)
        self._find_companies(run, asked)
        self._find_by_email(run, [one for one in asked if not one.partner_id])
        unknown = [one for one in asked if not one.partner_id]
        self._find_by_domain(run, [one for one in unknown if not one.company_id])
        if self._policy(run).unknown_requester == "create":
            self._make_contacts(run, unknown)
        for one in asked:
            one.partner_id = one.partner_id or one.company_id
            self._set_requester(one)

    def _asked(self, mapped):
        get = mapped.canonical.get
        found = sorted(matching.addresses(get("requester_email")))
        return Asked(
            mapped=mapped,
            key=requester_key(get("requester"), get("requester_email")),
            ref=get("requester") or None,
            email=found[0] if found else None,
            organization=get("organization") or None,
        )

    def _set_requester(self, one):
        vals = one.mapped.values
        agreed = (one.mapped.binding or {}).get("agreed") or {}
        same = agreed.get("requester_ref") == (one.key or False)
        vals["requester_ref"] = one.key or False
        if one.partner_id or not same or not agreed.get("partner_id"):
            # Who was known once stays: nothing was said against it.
            vals["partner_id"] = one.partner_id or False
        if not vals.get("partner_id", True) and one.key:
            one.mapped.problems.append(self._unknown_requester(one))

    def _unknown_requester(self, one):
        return Problem(
            "missing_dependency",
            "unknown_requester",
            field="requester",
            cause=one.key,
            params={"who": requester_shown(one.ref, one.email)},
            blocking=False,
        )

    # -- by what the desk knows -----------------------------------------------

    def _find_by_id(self, run, asked):
        refs = {one.ref for one in asked if one.ref}
        bound = self.env["connector.binding"]._res_ids(run.connection, REQUESTER, refs)
        for one in asked:
            one.partner_id = bound.get(one.ref)
        keys = {one.key for one in asked if one.key and not one.partner_id}
        said = dict(
            self.env["connector.partner.alias"]._find(run.connection, "requester", keys)
        )
        for one in asked:
            one.partner_id = one.partner_id or said.get(one.key)

    def _find_companies(self, run, asked):
        refs = {one.organization for one in asked if one.organization}
        bound = self.env["connector.binding"]._res_ids(
            run.connection, ORGANIZATION, refs
        )
        for one in asked:
            one.company_id = bound.get(one.organization)

    # -- by what partners are known by ----------------------------------------

    def _find_by_email(self, run, asked):
        emails = {one.email for one in asked if one.email}
        if not emails:
            return
        requesters = self.env[f"connector.entity.{REQUESTER}"]
        pairs = requesters._match_find_email(run, None, list(emails))
        known = self._known_partners(run, {i for _email, i in pairs})
        found = collections.defaultdict(set)
        for email, partner_id in pairs:
            if partner_id in known:
                found[email].add(known[partner_id])
        for one in asked:
            one.partner_id = self._choose(one, found.get(one.email, ()))

    def _choose(self, one, candidates):
        """The one who has an address, or the company that all of them belong to.

        A mail box that several people read doesn't say which of them it was.
        """
        candidates = [c for c in candidates if c.active] or list(candidates)
        own = [c for c in candidates if one.company_id in (c.id, c.commercial_id)]
        candidates = own or candidates
        people = [c for c in candidates if not c.is_company]
        if len(candidates) == 1:
            return candidates[0].id
        if len(people) == 1 and not matching.is_shared_box(one.email):
            return people[0].id
        companies = {c.commercial_id for c in candidates}
        return companies.pop() if len(companies) == 1 else None

    def _find_by_domain(self, run, asked):
        domains = {one.domain for one in asked} - {None}
        if not domains:
            return
        organizations = self.env[f"connector.entity.{ORGANIZATION}"]
        rows = organizations._match_find_domain(run, None, list(domains))
        known = self._known_partners(run, {i for _domain, i in rows})
        found = collections.defaultdict(set)
        for domain, partner_id in rows:
            if partner_id in known and known[partner_id].active:
                found[domain].add(known[partner_id].commercial_id)
        for one in asked:
            companies = found.get(one.domain, ())
            if len(companies) == 1:
                one.company_id = next(iter(companies))

    def _known_partners(self, run, ids):
        """``{id: Known}`` of those that the connection's company may use."""
        if not ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.active, p.is_company, p.commercial_partner_id
                  FROM res_partner p WHERE p.id IN %s AND %s
                """,
                tuple(ids),
                self._match_of_company(run, "p"),
            )
        )
        return {
            partner_id: Known(partner_id, active, bool(is_company), commercial_id)
            for partner_id, active, is_company, commercial_id in rows
        }

    # -- whom nobody knows ----------------------------------------------------

    def _make_contacts(self, run, unknown):
        """Make contacts of unknown requesters, once for each address.

        Of one without an address there is nothing to make a contact of.
        """
        by_email = collections.defaultdict(list)
        for one in unknown:
            if one.email:
                by_email[one.email].append(one)
        if not by_email:
            return
        requesters = self.env[f"connector.entity.{REQUESTER}"]
        cases = [
            Mapped(
                record=RemoteRecord(group[0].key, {}),
                digest="",
                canonical={"name": email, "email": email},
                values={
                    "name": email,
                    "email": email,
                    "parent_id": group[0].company_id or False,
                },
            )
            for email, group in by_email.items()
        ]
        # Another account may be about to make the same people.
        making = run.tables.setdefault(
            "making_contacts", dataclasses.replace(run, entity=requesters, tables={})
        )
        self.env["connector.match.key"]._note(making, cases)

        def make(part):
            partners = requesters._create_records([dict(m.values) for m in part])
            self.env.flush_all()
            for mapped, partner in zip(part, partners, strict=True):
                mapped.record_id = partner.id

        importer = self.env["connector.import"]
        refused = importer._isolated(cases, make)
        for mapped, problem in refused:
            mapped.record_id = None
            problem.blocking = False
            for one in by_email[mapped.values["email"]]:
                one.mapped.problems.append(problem)
        for mapped in cases:
            for one in by_email[mapped.values["email"]]:
                one.partner_id = mapped.record_id
