import collections
import dataclasses

from odoo import api, fields, models
from odoo.exceptions import ValidationError


@dataclasses.dataclass(frozen=True, slots=True)
class Accounts:
    """Where a line is booked.

    :param income: id of the account, or ``None`` where nothing says it
    :param discount: id of the account of its discounts; ``None`` for the line's own
    :param analytic: analytic distribution, or ``None``
    """

    income: int | None
    discount: int | None
    analytic: dict | None


class ConnectorBillingAccount(models.Model):
    """Which account a product, or a category of products, is booked on.

    The product's row wins over its category's, which wins over that of the category
    above. Among rows of the same product or category, the one that names the customer's
    country and fiscal position wins over those that name one of both, or none.
    """

    _name = "connector.billing.account"
    _description = "Billing Account"
    _inherit = ["analytic.mixin"]
    _order = "policy_id, sequence, id"
    _check_company_auto = True

    policy_id = fields.Many2one(
        "connector.billing.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product", check_company=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category", string="Product Category", ondelete="cascade"
    )
    country_id = fields.Many2one("res.country", string="Country of the Customer")
    fiscal_position_id = fields.Many2one("account.fiscal.position", check_company=True)
    account_id = fields.Many2one(
        "account.account", string="Income Account", check_company=True
    )
    discount_account_id = fields.Many2one("account.account", check_company=True)

    _key_unique = models.UniqueIndex(
        "(policy_id, product_id, categ_id, country_id, fiscal_position_id)"
        " NULLS NOT DISTINCT",
        "The account map has such a row already.",
    )

    @api.constrains("product_id", "categ_id")
    def _check_key(self):
        for row in self:
            if row.product_id and row.categ_id:
                raise ValidationError(
                    self.env._(
                        "A row of the account map is for a product or for a category,"
                        " not for both."
                    )
                )


class ConnectorBillingPolicy(models.Model):
    _inherit = "connector.billing.policy"

    def _account_chooser(self):
        """A chooser of accounts that reads the account map once.

        :return: :class:`AccountChooser`
        """
        self.ensure_one()
        return AccountChooser(self)


class AccountChooser:
    """Chooses accounts for the lines of many documents; each question is asked once."""

    def __init__(self, policy):
        self.policy = policy
        self.rows = collections.defaultdict(list)
        for row in policy.account_map_ids:
            key = (row.product_id.id, row.categ_id.id)
            self.rows[key].append(row)
        self._known = {}

    def choose(self, product, country, position):
        """Where a product that is sold to a country is booked.

        :param product: ``product.product``, empty for what is no product of Odoo
        :param country: ``res.country`` of the customer, may be empty
        :param position: ``account.fiscal.position`` of the document, may be empty
        :return: :class:`Accounts`
        """
        key = (product.id, country.id, position.id)
        if key not in self._known:
            self._known[key] = self._choose(product, country, position)
        return self._known[key]

    def _choose(self, product, country, position):
        rows = list(self._fitting(product, country, position))
        return Accounts(
            income=self._first(rows, "account_id")
            or self._of_product(product, position)
            or self._first(self._best((False, False), country, position), "account_id")
            or self._mapped(position, self.policy.account_id)
            or self._mapped(position, self.policy.journal_id.default_account_id),
            discount=self._first(
                [*rows, *self._best((False, False), country, position)],
                "discount_account_id",
            )
            or self.policy.discount_account_id.id
            or None,
            analytic=next(
                (
                    row.analytic_distribution
                    for row in (
                        *rows,
                        *self._best((False, False), country, position),
                        self.policy,
                    )
                    if row.analytic_distribution
                ),
                None,
            ),
        )

    def _fitting(self, product, country, position):
        """The rows of a product and of its categories, the closest first."""
        if not product:
            return
        yield from self._best((product.id, False), country, position)
        category = product.categ_id
        while category:
            yield from self._best((False, category.id), country, position)
            category = category.parent_id

    def _best(self, key, country, position):
        """The rows of one key that fit a customer, the most particular first."""
        fitting = [
            row
            for row in self.rows.get(key, ())
            if row.country_id in (country, country.browse())
            and row.fiscal_position_id in (position, position.browse())
        ]
        return sorted(
            fitting,
            key=lambda row: (
                -bool(row.fiscal_position_id) - bool(row.country_id),
                row.sequence,
                row.id,
            ),
        )

    def _first(self, rows, name):
        return next((row[name].id for row in rows if row[name]), None)

    def _of_product(self, product, position):
        """The account that the product or its category has in Odoo itself."""
        if not product:
            return None
        own = product.with_company(self.policy.company_id)
        account = (
            own.property_account_income_id
            or own.categ_id.property_account_income_categ_id
        )
        return self._mapped(position, account)

    def _mapped(self, position, account):
        """What a fiscal position makes of an account."""
        return position.map_account(account).id if account else None
