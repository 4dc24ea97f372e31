from . import connector_record_panel
from . import connector_job_edit
from . import connector_replay
from . import connector_fix
from . import connector_fix_kinds
from . import connector_fix_preview
from . import connector_triage
