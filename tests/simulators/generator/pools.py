"""Words and names drawn once with Faker and combined ever after.

The draw has a seed of its own: the pools are the same in every run, and the seed of a
dataset only decides how they are combined. Drawing takes a fraction of a second.
"""

import random
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from faker import Faker

from .countries import BY_CODE

POOL_SEED = 20_260_901
NAMES = 220
STREETS = 80
JOBS = 40

#: What companies do, in the language of the country (English where there is no row).
TRADES = {
    "en": """Analytics Software Logistics Components Interiors Robotics Foods Media
    Instruments Energy Textiles Consulting Biotech Packaging Marine Optics Security
    Cloud Freight Health Tools Systems Partners Studios Materials Networks""".split(),
    "de": """Maschinenbau Logistik Software Werkzeuge Feinkost Medizintechnik Solar
    Optik Verpackung Antriebe Textil Beratung Elektronik Bau Möbel Labor""".split(),
    "fr": """Logiciels Transports Conseil Énergie Textiles Optique Robotique Santé
    Aliments Bâtiment Emballage Médias Matériaux Outillage""".split(),
    "es": """Logística Consultores Energía Textil Alimentos Óptica Robótica Medios
    Construcciones Envases Software Sanidad""".split(),
    "it": """Logistica Consulenza Energia Tessuti Alimentari Ottica Robotica Media
    Costruzioni Imballaggi Software Arredi""".split(),
    "pt": """Logística Consultoria Energia Têxtil Alimentos Óptica Robótica Mídia
    Construções Embalagens Software Saúde""".split(),
    "nl": """Logistiek Advies Energie Textiel Voeding Optiek Robotica Media Bouw
    Verpakkingen Software Zorg""".split(),
    "sv": """Logistik Konsult Energi Textil Livsmedel Optik Robotik Media Bygg
    Förpackning Mjukvara Hälsa""".split(),
    "pl": """Logistyka Doradztwo Energia Tkaniny Żywność Optyka Robotyka Media
    Budownictwo Opakowania Oprogramowanie Zdrowie""".split(),
    "ja": """製作所 商事 電機 食品 工業 ソフト 運輸 化学 建設 精機""".split(),
}
STEMS = """Nova Blue North Astra Core Bright Delta Ever Flux Grand Helio Iron Juno
Kite Lumen Mono Oak Prime Quant River Solid Terra Ultra Vertex West Zen Alto Borea
Cirrus Dyna""".split()
INDUSTRIES = """software machinery retail logistics food health construction energy
education finance textiles media automotive chemicals hospitality telecom""".split()
LOST_REASONS = (
    "Price too high",
    "Chose a competitor",
    "No budget this year",
    "Project cancelled",
    "No answer after the third call",
    "Feature missing: single sign-on",
)
WON_REASONS = (
    "Best price for the scope",
    "Recommended by a partner",
    "Pilot convinced the plant manager",
    "Fastest delivery",
)
PRODUCT_WORDS = (
    ("Starter", "Team", "Business", "Enterprise", "Field", "Edge", "Pro", "Lite"),
    ("plan", "sensor kit", "licence", "gateway", "workshop", "support", "module"),
)
TICKET_SUBJECTS = (
    "Invoice shows the wrong VAT number",
    "Login fails after the update",
    "Delivery arrived damaged",
    "Please change our billing address",
    "How do I add a second user?",
    "Sensor reports no data since Monday",
)


@dataclass(frozen=True)
class Pool:
    """Names of one country. Last and first names are (as written, in Latin letters)."""

    first: tuple
    last: tuple
    streets: tuple
    jobs: tuple
    trades: tuple


@cache
def pool(code):
    """The pool of a country code."""
    country = BY_CODE[code]
    fake = Faker(country.locale)
    fake.seed_instance(POOL_SEED)
    if country.locale == "ja_JP":
        first = [fake.first_name_pair() for _ in range(NAMES)]
        last = [fake.last_name_pair() for _ in range(NAMES)]
        first, last = (
            [(each[0], each[2]) for each in names] for names in (first, last)
        )
    else:
        first = [(name, name) for name in _drawn(fake.first_name, NAMES)]
        last = [(name, name) for name in _drawn(fake.last_name, NAMES)]
    language = country.language.split("-")[0]
    return Pool(
        _once(first),
        _once(last),
        _once(_drawn(fake.street_name, STREETS)),
        _once(_drawn(fake.job, JOBS)),
        tuple(TRADES.get(language, TRADES["en"])),
    )


def _drawn(draw, number):
    return [draw() for _ in range(number)]


def _once(values):
    return tuple(dict.fromkeys(values))


_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "ł": "l",
        "đ": "d",
        "ö": "oe",
        "ü": "ue",
        "ä": "ae",
    }
)


@cache
def slug(text):
    """A text in letters fit for a domain or e-mail: ``Café Łódź`` is ``cafelodz``."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "", plain)


def filled(pattern, luck: random.Random):
    """A pattern with ``#`` turned into digits and ``@`` into capital letters."""
    return "".join(
        str(luck.randrange(10))
        if sign == "#"
        else luck.choice("ABCDEFGHJKLNPRSTUVWXY")
        if sign == "@"
        else sign
        for sign in pattern
    )
