from . import test_policy
from . import test_reconcile
from . import test_payment
from . import test_refund
from . import test_dispute
from . import test_payout
from . import test_settlement
from . import test_convergence
