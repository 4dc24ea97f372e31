from . import base_partner_merge
from . import connector_fix_amend
