from . import connector_billing_policy
from . import connector_billing_account
from . import connector_connection
from . import connector_reconcile
