from . import test_policy
from . import test_subscription
from . import test_customer
from . import test_reconcile
from . import test_usage
from . import test_subscription_order
