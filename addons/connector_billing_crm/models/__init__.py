from . import connector_subscription
from . import connector_customer_standing
from . import sale_order
