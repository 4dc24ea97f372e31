from . import connector_ticket_comment_write
from . import connector_fix_requester
from . import base_partner_merge
