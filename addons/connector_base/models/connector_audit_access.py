"""What is audited of who may do what: who came into the suite's groups, who left."""

from odoo import api, models

GROUPS = tuple(
    f"connector_base.group_{name}"
    for name in (
        *("viewer", "operator", "map_editor", "administrator"),
        "finance_approver",
    )
)
#: What of a group says who its members are.
OF_GROUPS = frozenset({"user_ids", "all_user_ids", "implied_ids", "implied_by_ids"})


class ResUsers(models.Model):
    """One row for a person whose rights to the connectors change, however they do."""

    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._connector_note_rights({})
        return users

    def write(self, vals):
        if "group_ids" not in vals:
            return super().write(vals)
        before = self._connector_rights()
        result = super().write(vals)
        self._connector_note_rights(before)
        return result

    def unlink(self):
        audit = self.env["connector.audit"]
        for user_id, names in self._connector_rights().items():
            audit._note(self.browse(user_id), "delete", {"group_ids": [names, None]})
        return super().unlink()

    def _connector_rights(self):
        """``{id: names of the suite's groups}`` of those who have any."""
        groups, found = self.env["res.groups"]._connector_groups(), {}
        for user in self.sudo():
            if names := (groups & user.all_group_ids).mapped("full_name"):
                found[user.id] = names
        return found

    def _connector_note_rights(self, before):
        after = self._connector_rights()
        audit = self.env["connector.audit"]
        for user in self:
            pair = [before.get(user.id), after.get(user.id)]
            if pair[0] != pair[1]:
                audit._note(user, "update", {"group_ids": pair})


class ResGroups(models.Model):
    """Who edits a group gives rights to all of its members."""

    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        if OF_GROUPS.isdisjoint(name for vals in vals_list for name in vals):
            return super().create(vals_list)
        members = self._connector_members()
        rights = members._connector_rights()
        groups = super().create(vals_list)
        groups._connector_note_implied({})
        self._connector_note_members(members, rights)
        return groups

    def write(self, vals):
        if OF_GROUPS.isdisjoint(vals):
            return super().write(vals)
        members = self._connector_members()
        rights, implied = members._connector_rights(), self._connector_implied()
        result = super().write(vals)
        self._connector_note_implied(implied)
        self._connector_note_members(members, rights)
        return result

    def unlink(self):
        members = self._connector_members()
        rights = members._connector_rights()
        audit = self.env["connector.audit"]
        for group_id, names in self._connector_implied().items():
            audit._note(self.browse(group_id), "delete", {"implied_ids": [names, None]})
        result = super().unlink()
        self._connector_note_members(members, rights)
        return result

    @api.model
    def _connector_groups(self):
        """The suite's groups; while it is being installed, those that are there."""
        ids = map(self.env["ir.model.data"]._xmlid_to_res_id, GROUPS)
        return self.sudo().browse(filter(None, ids)).exists()

    @api.model
    def _connector_members(self):
        """All who are in one of the suite's groups, by others too, archived as well."""
        return self._connector_groups().all_user_ids

    def _connector_implied(self):
        """``{id: names of the suite's groups}`` that members of these groups are in."""
        groups, found = self._connector_groups(), {}
        for group in self.sudo():
            if names := (groups & group.all_implied_ids - group).mapped("full_name"):
                found[group.id] = names
        return found

    def _connector_note_implied(self, before):
        after = self._connector_implied()
        audit = self.env["connector.audit"]
        for group in self:
            pair = [before.get(group.id), after.get(group.id)]
            if pair[0] != pair[1]:
                audit._note(group, "update", {"implied_ids": pair})

    @api.model
    def _connector_note_members(self, members, rights):
        """Note whose rights are others than before; :param members: those before."""
        (members | self._connector_members()).exists()._connector_note_rights(rights)


class ConnectorAudit(models.Model):
    _inherit = "connector.audit"

    @api.model
    def _areas(self):
        return {**super()._areas(), "res.users": "access", "res.groups": "access"}

    @api.model
    def _about(self, record):
        about = super()._about(record)
        if record._name == "res.users":
            # Who works for several companies is not one company's matter.
            one = len(record.company_ids) == 1
            about["company_id"] = record.company_id.id if one else None
        return about
