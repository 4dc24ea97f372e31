from . import connector_support_policy
from . import connector_connection
from . import connector_ticket
