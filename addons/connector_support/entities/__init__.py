from . import context
from . import organization
from . import requester
from . import ticket
from . import organization_context
