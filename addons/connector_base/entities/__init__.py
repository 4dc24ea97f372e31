from . import entity
from . import entity_values
from . import entity_outgoing
from . import entity_lookups
from . import customer
from . import product
