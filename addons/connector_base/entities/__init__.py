from . import entity
from . import entity_values
from . import entity_outgoing
from . import customer
from . import product
