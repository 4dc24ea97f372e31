from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import errors, records

#: What is written of a connection that may make its account another one.
DECISIVE = {"environment", "base_url"}


class ConnectorConnection(models.Model):
    """Production stays production, and a sandbox a sandbox.

    Where the vendor's address, the credential or the account itself tells which of them
    it is, a connection that says something else is refused: before a request where that
    can be told before one.
    """

    _inherit = "connector.connection"

    account_environment = fields.Selection(
        [(records.PRODUCTION, "Production"), (records.SANDBOX, "Sandbox")],
        copy=False,
        readonly=True,
        help="What the account said of itself when it was asked last.",
    )

    def write(self, vals):
        changed = self.filtered(
            lambda connection: any(
                name in vals and connection[name] != vals[name] for name in DECISIVE
            )
        )
        if "environment" in vals:
            changed._forget_test()
        result = super().write(vals)
        # At another address it may be another account.
        changed._refuse_other_environment(same_account="base_url" not in vals)
        return result

    def _refuse_other_environment(self, same_account=False):
        """Of those that run already, refuse what is of the other environment.

        :param same_account: whether what it said of itself still holds
        :raises UserError: where address, key or account tell that it is
        """
        for connection in self:
            if connection.state == "draft":
                # Looked at when it is tested, and when it is connected.
                continue
            told = connection._told_environment()
            if not told and same_account:
                told = connection.account_environment
            problem = connection._environment_problem(told)
            if problem:
                raise UserError(problem)

    def _told_environment(self):
        """What address and credentials tell, without asking; ``None`` for nothing."""
        self.ensure_one()
        try:
            return self._provider()._environment_of(self)
        except (errors.ConnectorError, UserError):
            # No credential yet, or none that can be read, or no addon any more.
            return None

    def _environment_problem(self, told):
        """Why an account isn't for this connection, or ``False``.

        :param told: ``records.PRODUCTION``, ``records.SANDBOX`` or ``None``
        """
        self.ensure_one()
        place = self.env["connector.place"]
        if self.environment == "production" and place._is_neutralized():
            return self.env._(
                "This database is a neutralized copy: %s can only be connected to a"
                " sandbox.",
                self.name,
            )
        if not told or told == self.environment:
            return False
        vendor = self._provider()._provider_label
        if told == "production":
            return self.env._(
                "%(name)s is marked as a sandbox, but its address, credential or"
                " account is %(vendor)s's production. Enter those of a sandbox, or say"
                " that it is the production.",
                name=self.name,
                vendor=vendor,
            )
        return self.env._(
            "%(name)s is marked as production, but its address, credential or account"
            " is a sandbox of %(vendor)s's. Enter those of the production, or say that"
            " it is a sandbox.",
            name=self.name,
            vendor=vendor,
        )

    def action_test(self):
        self.check_access("write")
        self.ensure_one()
        problem = self._environment_problem(self._told_environment())
        if problem:
            self.last_test_access = False
            return self._report_test(False, problem)
        return super().action_test()

    def _account_problem(self, info):
        problem = self._environment_problem(info.environment)
        return problem or super()._account_problem(info)

    def _prepare(self):
        problem = self._environment_problem(self._told_environment())
        if problem:
            raise UserError(problem)
        return super()._prepare()

    def _start(self):
        for connection in self:
            problem = connection._environment_problem(None)
            if problem:
                raise UserError(problem)
        return super()._start()


class ConnectorCredential(models.Model):
    _inherit = "connector.credential"

    def _inverse_secret(self):
        connections = self.filtered("secret").connection_id
        result = super()._inverse_secret()
        connections._refuse_other_environment()
        return result
