from . import connector_billing_policy
<<<<<<< HEAD
from . import res_partner_billing
from . import connector_flow
from . import connector_pull
from . import connector_billing_price
from . import connector_billing_coupon
from . import connector_subscription
from . import connector_subscription_item
from . import connector_subscription_version
from . import connector_billing_standing
from . import account_move_subscription
=======
from . import connector_billing_account
from . import connector_connection
from . import connector_reconcile
>>>>>>> bdoc
