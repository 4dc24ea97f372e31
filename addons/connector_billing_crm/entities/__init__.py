from . import customer
