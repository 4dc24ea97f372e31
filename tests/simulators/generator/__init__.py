"""Realistic CRM data of any size, the same for the same seed, for every vendor.

``generate(...)`` gives a :class:`Dataset` of plain dataclasses; how a vendor spells
them is that vendor's business (see ``hubspot/seed.py``).
"""

from .build import Generator, generate
from .records import Dataset

__all__ = ["Dataset", "Generator", "generate"]
