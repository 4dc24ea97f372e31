from . import test_ticket
from . import test_requester
from . import test_ticket_requester
