from . import connector_record_panel
from . import base_partner_merge
from . import connector_job_edit
from . import connector_match_decide
from . import connector_replay
