"""What a person of finance has to decide on."""

#: Models whose records decide how amounts are booked and taxed.
FINANCIAL_MODELS = frozenset(
    {
        "account.account",
        "account.account.tag",
        "account.analytic.account",
        "account.cash.rounding",
        "account.fiscal.position",
        "account.journal",
        "account.payment.method.line",
        "account.payment.term",
        "account.tax",
        "account.tax.group",
        "res.partner.bank",
    }
)
