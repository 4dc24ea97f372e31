from . import context
from . import organization
from . import requester
from . import ticket
from . import comment
from . import ticket_rule
from . import organization_context
