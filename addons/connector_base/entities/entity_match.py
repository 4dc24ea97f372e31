import collections
import dataclasses

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.matching import Candidate, combined
from ..engine.records import Problem

#: Candidates that a person is shown for one record.
MOST_CANDIDATES = 10
#: Records in Odoo that are looked at for one key. What more of them share, as the phone
#: number of a whole group, tells none from another, and each would be held in memory
#: for each new record.
MOST_SHARING = 100
#: What a contradiction leaves of a candidate's score.
CONTRADICTED = 0.6


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A match rule as the engine works with it: see ``connector.match.rule``."""

    method: object
    certain: bool
    threshold: int


@dataclasses.dataclass(slots=True)
class Facts:
    """What is known of a record on either side, in the forms of ``engine.matching``.

    :param name: as people read it
    :param key: the same for comparing
    :param tax: ``(number, country code or None)``
    :param parent: Odoo id of the company that it belongs to
    :param shown: ``{label: text}`` for whoever decides
    """

    name: str = ""
    key: str = ""
    ref: str | None = None
    emails: frozenset = frozenset()
    domains: frozenset = frozenset()
    phone: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    tax: tuple | None = None
    parent: int | None = None
    active: bool = True


class ConnectorEntity(models.AbstractModel):
    """The entity contract, part three: which Odoo record an unbound one is.

    Rule by rule, each asked in one query for the whole batch. What one rule finds for
    certain and nothing contradicts is linked; all else is held for a person, with
    candidates. Records that this connection has bound already are no candidates.

    An entity declares methods; each has ``_match_keys_<name>`` (keys of a record) and
    ``_match_find_<name>`` (which Odoo records have them).
    """

    _inherit = "connector.entity"

    # -- declaration ----------------------------------------------------------

    def _match_methods(self):
        """Ways in which records are found, the surest first.

        :return: list of ``matching.Method``
        """
        return []

    def _match_facts(self, run, mapped):
        """What a remote record is compared by.

        :return: ``Facts``
        """
        return Facts(name=mapped.canonical.get("name") or "")

    def _match_read(self, run, ids):
        """What Odoo records are compared by, one query; extend it.

        Leaves out those that a remote record of this connection can't be: of other
        companies, of another kind, bound already.

        :return: ``{Odoo id: Facts}``
        """
        return {}

    def _match_contradictions(self, remote, ours):
        """What speaks against two records being one.

        :return: list of texts, as ``other tax ID``
        """
        return []

    def _match_likeness(self, remote, ours):
        """How much alike the names are, 0.0 to 1.0; ``None`` where one has none."""
        return None

    def _match_hit(self, rule, remote, ours):
        """Look closer at what a rule has found.

        :return: ``(certain, reasons, weight)``, or ``None`` where it is no find
        """
        label = self.env._("same %s", rule.method.label)
        alike = self._match_likeness(remote, ours)
        if rule.threshold and alike is not None and alike * 100 < rule.threshold:
            weight = rule.method.weight * 0.7
            return False, [label, self.env._("other name")], weight
        return rule.certain, [label], rule.method.weight

    def _match_reasons(self, remote, ours):
        """Further texts that help a person to decide, by ``(same, other)``."""
        return []

    def _match_domain(self):
        """Which Odoo records a person may choose, companies apart.

        :return: ``Domain``
        """
        return Domain.TRUE

    # -- rules ----------------------------------------------------------------

    @api.model
    def _match_rules(self, run):
        """The flow's active rules in order, looked up once a run."""
        if "match_rules" not in run.tables:
            run.tables["match_rules"] = self.env["connector.match.rule"]._rules_of(
                run.flow, self
            )
        return run.tables["match_rules"]

    def _match_noted_keys(self, run, mapped):
        """By which keys a record that is about to be made would be found."""
        remote = self._match_facts(run, mapped)
        return {
            (method.name, key)
            for method in self._match_methods()
            if method.exact and method.certain
            for key in getattr(self, f"_match_keys_{method.name}")(remote)
        }

    # -- match ----------------------------------------------------------------

    def _match(self, run, batch):
        """Find the Odoo records of unbound ones; what isn't certain is held.

        Sets ``record_id`` of those that are found, ``candidates`` and a problem of
        those that a person must look at.
        """
        rules = self._match_rules(run)
        if not batch or not rules:
            return
        batch = self.env["connector.match.decision"]._apply(run, batch)
        remote = {
            id(mapped): self._match_facts(run, mapped)
            for mapped in batch
            if not mapped.record_id
        }
        waiting = [mapped for mapped in batch if id(mapped) in remote]
        found = self._match_find(run, rules, waiting, remote)
        ids = {i for hits in found.values() for i in hits}
        if not ids:
            return
        ours = self._match_read(run, ids)
        judged = []
        for mapped in waiting:
            hits = found.get(id(mapped))
            candidates = hits and self._match_weigh(remote[id(mapped)], hits, ours)
            if candidates:
                judged.append((mapped, candidates))
        self._match_settle(run, rules, judged)

    def _match_find(self, run, rules, batch, remote):
        """``{id of mapped: {Odoo id: [rules that find it]}}``, one query a rule."""
        found = {}
        for rule in rules:
            keys_of = getattr(self, f"_match_keys_{rule.method.name}")
            by_key = collections.defaultdict(list)
            for mapped in batch:
                if not rule.method.exact and id(mapped) in found:
                    # Likeness is for those that nothing else finds.
                    continue
                for key in keys_of(remote[id(mapped)]):
                    by_key[key].append(id(mapped))
            if not by_key:
                continue
            find = getattr(self, f"_match_find_{rule.method.name}")
            seen = collections.Counter()
            for key, res_id in find(run, rule, list(by_key)):
                seen[key] += 1
                if seen[key] > MOST_SHARING:
                    continue
                for which in by_key.get(key, ()):
                    hits = found.setdefault(which, {}).setdefault(res_id, [])
                    if rule not in hits:
                        hits.append(rule)
        return found

    def _match_weigh(self, remote, hits, ours):
        """The candidates of one record, the likeliest first."""
        candidates = []
        for res_id, rules in hits.items():
            facts = ours.get(res_id)
            if facts is None:
                continue
            looks = [
                (rule, look)
                for rule in rules
                if (look := self._match_hit(rule, remote, facts))
            ]
            if not looks:
                continue
            against = self._match_contradictions(remote, facts)
            if not facts.active:
                against = [*against, self.env._("archived in Odoo")]
            score = combined(weight for _rule, (_sure, _why, weight) in looks)
            reasons = [why for _rule, (_sure, texts, _w) in looks for why in texts]
            reasons += against or self._match_reasons(remote, facts)
            candidates.append(
                Candidate(
                    res_id=res_id,
                    score=round(score * CONTRADICTED) if against else score,
                    reasons=list(dict.fromkeys(reasons)),
                    certain=set()
                    if against
                    else {rule.method.name for rule, (sure, _y, _w) in looks if sure},
                )
            )
        candidates.sort(key=lambda one: (-one.score, one.res_id))
        return candidates

    def _match_settle(self, run, rules, judged):
        """Link what is certain and claimed once; hold the rest."""
        claims = collections.defaultdict(list)
        for mapped, candidates in judged:
            res_id = self._match_certain(rules, candidates)
            if res_id:
                claims[res_id].append(mapped)
        for res_id, group in claims.items():
            if len(group) == 1:
                group[0].record_id = res_id
        taken = {mapped.record_id for mapped, _candidates in judged} - {None}
        for mapped, candidates in judged:
            if mapped.record_id:
                continue
            left = [one for one in candidates if one.res_id not in taken]
            if left:
                self._match_hold(mapped, left, claims)

    def _match_certain(self, rules, candidates):
        """The one Odoo id that the rules agree on, or ``None``."""
        agreed = None
        for rule in rules:
            found = {c.res_id for c in candidates if rule.method.name in c.certain}
            if not found:
                continue
            if agreed is not None:
                found &= agreed
                if not found:
                    # Two rules are certain of two different records.
                    return None
            agreed = found
        return next(iter(agreed)) if agreed and len(agreed) == 1 else None

    def _match_hold(self, mapped, candidates, claims):
        claimed = any(mapped in group and len(group) > 1 for group in claims.values())
        code = (
            "claimed_twice"
            if claimed
            else "several_matches"
            if len(candidates) > 1
            else "uncertain_match"
        )
        mapped.candidates = candidates[:MOST_CANDIDATES]
        best = candidates[0]
        mapped.problems.append(
            Problem(
                "ambiguous_match",
                code,
                details={
                    "count": len(candidates),
                    "score": best.score,
                    "reasons": ", ".join(best.reasons),
                },
            )
        )

    # -- for finding ----------------------------------------------------------

    def _match_free(self, run, alias):
        """SQL: a record is not bound to this connection, nor promised to a record."""
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM connector_binding b
                 WHERE b.res_model = %(model)s AND b.res_id = %(id)s
                   AND b.connection_id = %(connection)s AND b.entity = %(entity)s)
            AND NOT EXISTS (
                SELECT FROM connector_match_decision d
                 WHERE d.connection_id = %(connection)s AND d.entity = %(entity)s
                   AND d.res_id = %(id)s)
            """,
            model=self._entity_model,
            id=SQL.identifier(alias, "id"),
            connection=run.connection.id,
            entity=run.entity_name,
        )

    def _match_of_company(self, run, alias):
        """SQL: a record is the connection's company's, or everybody's."""
        column = SQL.identifier(alias, "company_id")
        return SQL(
            "(%s IS NULL OR %s = %s)", column, column, run.connection.company_id.id
        )
