from . import connector_record_panel
