from . import connector_fix_requester
from . import base_partner_merge
