from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .connector_match_candidate import CODES


class ConnectorExceptionItem(models.Model):
    """Held records of which a person says which Odoo record they are."""

    _inherit = "connector.exception.item"

    candidate_ids = fields.One2many("connector.match.candidate", "item_id")
    best_score = fields.Integer(string="Likeliest (%)", readonly=True, aggregator=None)
    is_match = fields.Boolean(compute="_compute_is_match")
    # Wiped as soon as the record is taken.
    match_values = fields.Json(readonly=True, groups="connector_base.group_operator")
    remote_email = fields.Char(
        string="E-mail",
        compute="_compute_remote_values",
        groups="connector_base.group_operator",
    )
    remote_phone = fields.Char(
        string="Phone",
        compute="_compute_remote_values",
        groups="connector_base.group_operator",
    )
    remote_place = fields.Char(
        string="Address",
        compute="_compute_remote_values",
        groups="connector_base.group_operator",
    )
    remote_tax_id = fields.Char(
        string="Tax ID",
        compute="_compute_remote_values",
        groups="connector_base.group_operator",
    )
    remote_website = fields.Char(
        string="Website",
        compute="_compute_remote_values",
        groups="connector_base.group_operator",
    )
    chosen_res_id = fields.Many2oneReference(
        string="Another Record",
        model_field="chosen_res_model",
        help="Where none of the candidates is it.",
    )
    chosen_res_model = fields.Char(compute="_compute_chosen_res_model")

    @api.depends("exception_id.code", "direction")
    def _compute_is_match(self):
        for item in self:
            item.is_match = item.direction == "pull" and item.exception_id.code in CODES

    @api.depends("match_values")
    def _compute_remote_values(self):
        for item in self:
            shown = item.match_values or {}
            item.remote_email = shown.get("email")
            item.remote_phone = shown.get("phone")
            item.remote_place = shown.get("place")
            item.remote_tax_id = shown.get("tax_id")
            item.remote_website = shown.get("website")

    @api.depends("flow_id")
    def _compute_chosen_res_model(self):
        for item in self:
            item.chosen_res_model = item.flow_id.res_model

    def _close(self, state):
        result = super()._close(state)
        if state == "ignored":
            for flow, items in self.filtered("best_score").grouped("flow_id").items():
                self.env["connector.match.decision"]._forget(
                    flow, items.mapped("remote_id")
                )
        else:
            matches = self.filtered("best_score")
            matches.candidate_ids.sudo().unlink()
            matches.write({"best_score": 0, "match_values": False})
        return result

    # -- decide ---------------------------------------------------------------

    def _undecided(self):
        """Those of the records that wait for such a decision.

        :raises UserError: where none does
        """
        self.check_access("write")
        waiting = self.filtered(lambda item: item.state == "open" and item.is_match)
        if not waiting:
            raise UserError(self.env._("Nothing here waits for a match."))
        return waiting

    def _link_to(self, record):
        """Say which Odoo record a held one is; it is then taken again.

        :raises UserError: where the record can't be meant: of another kind or company,
            or linked to another remote record already
        """
        self.ensure_one()
        item = self._undecided()
        record.check_access("read")
        item._check_choice(record)
        item._decide({item: record.id})

    def _check_choice(self, record):
        flow = self.flow_id.sudo()
        connection = flow.connection_id
        wrong = UserError(
            self.env._(
                "“%(record)s” can't be a record of %(flow)s: it is of another kind.",
                record=record.display_name,
                flow=flow.name,
            )
        )
        if record._name != flow.res_model:
            raise wrong
        chosen = record.sudo().with_context(active_test=False).exists()
        if not chosen:
            raise UserError(self.env._("The Odoo record doesn't exist any more."))
        if "company_id" in chosen._fields and chosen.company_id not in (
            connection.company_id,
            self.env["res.company"],
        ):
            raise UserError(
                self.env._(
                    "“%(record)s” belongs to %(other)s, the connection to %(company)s.",
                    record=record.display_name,
                    other=chosen.company_id.name,
                    company=connection.company_id.name,
                )
            )
        domain = flow._entity_model()._match_domain()
        if not chosen.filtered_domain(domain):
            raise wrong
        if (
            self.env["connector.binding"]
            .sudo()
            ._bound_res_ids(connection, flow.entity, chosen.ids)
        ):
            raise UserError(
                self.env._(
                    "“%(record)s” is linked to another record of %(connection)s"
                    " already.",
                    record=record.display_name,
                    connection=connection.name,
                )
            )

    def _create_new(self):
        """Say that held records are new: they are created, whatever is like them."""
        items = self._undecided()
        items._check_may_create()
        items._decide(dict.fromkeys(items))

    def _check_may_create(self):
        closed = self.flow_id.filtered(lambda flow: not flow.may_create)
        if closed:
            raise UserError(
                self.env._(
                    "%s may not create records in Odoo.",
                    ", ".join(closed.mapped("name")),
                )
            )

    def _link_best(self, min_score):
        """Link each to its likeliest candidate, if that is likely enough.

        :param min_score: percent
        :return: ``(linked, left)`` items
        """
        items = self._undecided()
        choices = items._best_choices(min_score)
        linked = self.browse([item.id for item in choices])
        if linked:
            linked._decide(choices)
        return linked, items - linked

    def _best_choices(self, min_score):
        """The likeliest candidate of each; what two want both stays with a person.

        :param min_score: percent
        :return: ``{item: Odoo id}``
        """
        wanted = {}
        likely = self.filtered(lambda item: item.best_score >= min_score)
        for item in likely.sorted(lambda item: (-item.best_score, item.id)):
            best = item.candidate_ids[:2]
            # Two that are equally likely are no choice.
            if best and (len(best) == 1 or best[0].score > best[1].score):
                key = (item.connection_id, item.flow_id.entity, best[0].res_id)
                wanted.setdefault(key, []).append(item)
        return {group[0]: key[2] for key, group in wanted.items() if len(group) == 1}

    def _decide(self, choices):
        """Note decisions and take the records again.

        :param choices: ``{item: Odoo id, or None for a new record}``
        """
        self._note_choices(choices)
        self._retry()

    def _note_choices(self, choices):
        decisions = self.env["connector.match.decision"]
        for flow, items in self.grouped("flow_id").items():
            by_remote = {item.remote_id: choices[item] for item in items}
            self._check_promised(flow, by_remote)
            decisions._decide(flow, by_remote)

    @api.model
    def _said_of_matches(self, decided, left):
        message = self.env._("%s records are taken now.", decided)
        if left:
            message += " " + self.env._("%s stay for you to look at.", left)
        return message

    def _check_promised(self, flow, choices):
        promised = (
            self.env["connector.match.decision"]
            .sudo()
            .search_count(
                [
                    ("connection_id", "=", flow.connection_id.id),
                    ("entity", "=", flow.entity),
                    ("res_id", "in", [i for i in choices.values() if i]),
                    ("remote_id", "not in", list(choices)),
                ],
                limit=1,
            )
        )
        if promised:
            raise UserError(
                self.env._("Another record is about to be linked to that one.")
            )

    def _next_match(self):
        """Go on with the next record of the same cause, or back to the list."""
        following = self.search(
            [
                ("exception_id", "=", self.exception_id.id),
                ("state", "=", "open"),
                ("id", "<", self.id),
                ("best_score", ">", 0),
            ],
            limit=1,
        )
        if not following:
            return self.exception_id.action_review_matches()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which Record Is It?"),
            "res_model": self._name,
            "res_id": following.id,
            "views": [
                (
                    self.env.ref("connector_base.connector_match_item_view_form").id,
                    "form",
                )
            ],
        }

    def action_create_new(self):
        self._create_new()
        return self._next_match() if len(self) == 1 else True

    def action_link_chosen(self):
        self.ensure_one()
        self.check_access("write")
        if not self.chosen_res_id:
            raise ValidationError(self.env._("Choose a record first."))
        self._link_to(self.env[self.flow_id.res_model].browse(self.chosen_res_id))
        return self._next_match()

    def action_decide_matches(self):
        """One decision for several records."""
        items = self._undecided()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide for Several"),
            "res_model": "connector.match.decide",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_item_ids": items.ids},
        }


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    is_match = fields.Boolean(compute="_compute_is_match")

    @api.depends("code", "direction")
    def _compute_is_match(self):
        for exception in self:
            exception.is_match = (
                exception.direction == "pull" and exception.code in CODES
            )

    def action_review_matches(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_base.connector_match_item_action"
        )
        action["domain"] = [("exception_id", "=", self.id)]
        return action

    def _sentence_several_matches(self, params):
        if "count" in params:
            return self.env._(
                "%(count)s records in Odoo could be meant; the likeliest"
                " (%(score)s %%): %(reasons)s.",
                **params,
            )
        return self.env._("Several records in Odoo could be meant.")

    def _sentence_uncertain_match(self, params):
        if "count" in params:
            return self.env._(
                "A record in Odoo could be meant (%(score)s %%): %(reasons)s.", **params
            )
        return self.env._("Records in Odoo could be meant, but it isn't certain.")

    def _sentence_claimed_twice(self, params):
        if "count" in params:
            return self.env._(
                "Another record there fits the same record in Odoo as well"
                " (%(score)s %%): %(reasons)s.",
                **params,
            )
        return self.env._("Several records fit the same record in Odoo.")

    def _advice_several_matches(self):
        return self.env._(
            "Look at the candidates and choose: link to one of them, create a new"
            " record, or ignore."
        )

    _advice_uncertain_match = _advice_claimed_twice = _advice_several_matches
