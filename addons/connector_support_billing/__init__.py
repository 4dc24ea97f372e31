from . import entities
from . import models
