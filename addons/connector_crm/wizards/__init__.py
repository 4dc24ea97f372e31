from . import connector_fix_amend
