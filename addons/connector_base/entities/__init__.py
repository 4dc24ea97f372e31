from . import entity
from . import entity_values
from . import customer
from . import product
