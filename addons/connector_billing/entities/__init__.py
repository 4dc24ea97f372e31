from . import billing_money
from . import billing_payment
from . import billing_refund
from . import billing_dispute
from . import billing_balance
from . import billing_payout
from . import billing_applied
