from . import entity
from . import customer
from . import product
