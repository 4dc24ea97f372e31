from . import connector_support_helpdesk_stage
from . import connector_support_policy
from . import connector_ticket
from . import helpdesk_ticket
from . import connector_configured_helpdesk
