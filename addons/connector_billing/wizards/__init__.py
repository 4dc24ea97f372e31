from . import connector_settlement_import
