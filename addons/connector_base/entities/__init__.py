from . import entity
from . import entity_values
from . import entity_outgoing
from . import entity_finance
from . import entity_match
from . import customer
from . import customer_match
from . import product
