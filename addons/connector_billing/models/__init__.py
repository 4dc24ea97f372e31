from . import connector_billing_policy
from . import connector_reconcile
