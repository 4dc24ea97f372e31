from . import test_ticket
from . import test_requester
from . import test_ticket_requester
from . import test_service_level
from . import test_context
