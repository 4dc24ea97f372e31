from . import context
from . import organization
from . import requester
from . import ticket
from . import ticket_requester
from . import organization_context
from . import ticket_level
