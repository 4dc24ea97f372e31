from . import connector_exception_sentence
from . import crm_lead
