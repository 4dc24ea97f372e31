from . import opportunity
from . import opportunity_outgoing
from . import customer_standing
