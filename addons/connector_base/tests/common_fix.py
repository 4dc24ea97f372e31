"""The dialog that settles a cause, as an operator has it."""

from .common import ConnectorCase


class FixCase(ConnectorCase):
    def fix(self, exception, user=None, **vals):
        wizard = self.env["connector.fix"].with_user(user or self.operator())
        return wizard.create({"exception_id": exception.id, **vals})

    def operator(self):
        user = self.env["res.users"].search([("login", "=", "connector-operator-0")])
        return user or self.user_of("operator")

    def preview(self, fix):
        with self.enter_registry_test_mode():
            fix.action_preview()
        self.env.invalidate_all()
        return fix.line_ids
