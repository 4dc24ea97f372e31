from . import test_ticket_subscription
