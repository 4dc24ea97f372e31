from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorPersonFind(models.TransientModel):
    """Say who is looked for: by a partner, or by what the person wrote or gave."""

    _name = "connector.person.find"
    _description = "Find a Person"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", context={"active_test": False}
    )
    email = fields.Char(string="E-mail")
    phone = fields.Char()
    name = fields.Char(
        string="Full Name",
        help="Everything that quotes this name counts: of two people who have the same"
        " one, both are found.",
    )
    remote_id = fields.Char(
        string="ID at Another System", help="As the other system names the person."
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "res.partner":
            values["partner_id"] = context.get("active_id")
        return values

    def action_find(self):
        """Look for the person in the background; the report fills itself."""
        self.ensure_one()
        self.env["connector.erasure"]._check_administrator()
        person = (
            self.env["connector.person"]
            .sudo()
            ._find(
                self.partner_id.ids,
                *([value] if value else [] for value in (self.email, self.phone)),
                [self.name] if self.name else [],
                [self.remote_id.strip()] if self.remote_id else [],
            )
        )
        if not person:
            raise UserError(
                self.env._(
                    "That is nobody: give a contact, a whole e-mail address, a phone"
                    " number with its country, a full name, or an ID that is known."
                )
            )
        erasure = self.env["connector.erasure"]._request(person)
        # What was typed isn't kept a moment longer.
        self.sudo().unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": erasure._name,
            "res_id": erasure.id,
            "views": [(False, "form")],
        }


class ConnectorPersonErase(models.TransientModel):
    """The reason, and a word that nobody types by mistake."""

    _name = "connector.person.erase"
    _description = "Erase a Person"

    erasure_id = fields.Many2one("connector.erasure", required=True)
    word = fields.Char(compute="_compute_word")
    reason = fields.Char(
        help="Why, without naming the person: it stays, as “Request of 3 May, ticket"
        " 4711”."
    )
    confirmation = fields.Char()

    def _compute_word(self):
        self.word = self.env._("ERASE")

    def action_erase(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the person is erased."))
        if (self.confirmation or "").strip() != self.word:
            raise UserError(
                self.env._("Type %s to confirm: it can't be undone.", self.word)
            )
        self.erasure_id._erase(self.reason)
        return {"type": "ir.actions.act_window_close"}
