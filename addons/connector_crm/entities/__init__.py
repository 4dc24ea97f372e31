from . import opportunity
from . import opportunity_outgoing
