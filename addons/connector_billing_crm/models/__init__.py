from . import connector_subscription
from . import sale_order
