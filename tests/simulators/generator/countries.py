"""Countries that the generated records come from: one row each.

Zip and phone patterns: ``#`` is any digit, ``@`` any capital letter. Phones are
national numbers without the trunk prefix, area code included.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """``names``: other spellings people type; ``weight``: share of the records."""

    code: str
    name: str
    names: tuple
    locale: str
    language: str
    currency: str
    dial: str
    trunk: str
    mobile: str
    forms: tuple
    cities: tuple
    weight: int

    def __hash__(self):
        return hash(self.code)


def _cities(text):
    """``City|State|Code|zip pattern|phone pattern`` a line; state may be empty."""
    rows = [tuple(line.strip().split("|")) for line in text.strip().splitlines()]
    return tuple((*row[:1], *(value or None for value in row[1:])) for row in rows)


COUNTRIES = (
    Country(
        "US",
        "United States",
        ("USA", "U.S.", "United States of America", "us", "America"),
        "en_US",
        "en",
        "USD",
        "1",
        "",
        "917555####",
        ("Inc.", "LLC", "Corp.", "Co."),
        _cities(
            """New York|New York|NY|100##|212555####
            Austin|Texas|TX|787##|512555####
            Chicago|Illinois|IL|606##|312555####
            Seattle|Washington|WA|981##|206555####
            San Francisco|California|CA|941##|415555####
            Boston|Massachusetts|MA|021##|617555####
            Denver|Colorado|CO|802##|303555####"""
        ),
        24,
    ),
    Country(
        "GB",
        "United Kingdom",
        ("UK", "U.K.", "Great Britain", "England", "gb"),
        "en_GB",
        "en-gb",
        "GBP",
        "44",
        "0",
        "7700900###",
        ("Ltd", "PLC", "LLP"),
        _cities(
            """London|Greater London||EC#A #@@|2079460###
            Manchester|Greater Manchester||M# #@@|1614960###
            Bristol|||BS# #@@|1174960###
            Leeds|West Yorkshire||LS# #@@|1134960###
            Edinburgh|Scotland||EH# #@@|1314960###"""
        ),
        10,
    ),
    Country(
        "DE",
        "Germany",
        ("Deutschland", "DEU", "BRD", "de", "Alemania"),
        "de_DE",
        "de",
        "EUR",
        "49",
        "0",
        "1512#######",
        ("GmbH", "AG", "GmbH & Co. KG", "UG (haftungsbeschränkt)"),
        _cities(
            """Berlin|Berlin|BE|10###|3023125###
            München|Bayern|BY|80###|8954321###
            Hamburg|Hamburg|HH|20###|4066969###
            Köln|Nordrhein-Westfalen|NW|50###|2214710###
            Stuttgart|Baden-Württemberg|BW|70###|7114321###
            Würzburg|Bayern|BY|97###|9314567###"""
        ),
        12,
    ),
    Country(
        "FR",
        "France",
        ("FRANCE", "République française", "FRA", "fr"),
        "fr_FR",
        "fr",
        "EUR",
        "33",
        "0",
        "6391#####",
        ("SARL", "S.A.", "S.A.S.", "EURL"),
        _cities(
            """Paris|Île-de-France|IDF|750##|19900####
            Lyon|Auvergne-Rhône-Alpes|ARA|690##|46571####
            Marseille|Provence-Alpes-Côte d'Azur|PAC|130##|46571####
            Nantes|Pays de la Loire|PDL|440##|26191####
            Strasbourg|Grand Est|GES|670##|35301####"""
        ),
        8,
    ),
    Country(
        "JP",
        "Japan",
        ("日本", "JPN", "Nippon", "jp"),
        "ja_JP",
        "ja",
        "JPY",
        "81",
        "0",
        "90########",
        ("株式会社", "合同会社", "K.K."),
        _cities(
            """東京|東京都|13|1##-00##|35555####
            大阪|大阪府|27|5##-00##|66666####
            名古屋|愛知県|23|4##-00##|52333####
            Yokohama|神奈川県|14|2##-00##|45222####"""
        ),
        6,
    ),
    Country(
        "BR",
        "Brazil",
        ("Brasil", "BRASIL", "BRA", "br"),
        "pt_BR",
        "pt-br",
        "BRL",
        "55",
        "0",
        "119########",
        ("Ltda.", "S.A.", "ME"),
        _cities(
            """São Paulo|São Paulo|SP|01###-###|1130####00
            Rio de Janeiro|Rio de Janeiro|RJ|20###-###|2125####00
            Belo Horizonte|Minas Gerais|MG|30###-###|3132####00
            Curitiba|Paraná|PR|80###-###|4132####00"""
        ),
        6,
    ),
    Country(
        "IN",
        "India",
        ("INDIA", "Bharat", "IND", "in"),
        "en_IN",
        "en-in",
        "INR",
        "91",
        "0",
        "98########",
        ("Pvt Ltd", "Private Limited", "LLP"),
        _cities(
            """Mumbai|Maharashtra|MH|4000##|22266#####
            Bengaluru|Karnataka|KA|5600##|80412#####
            Chennai|Tamil Nadu|TN|6000##|44282#####
            New Delhi|Delhi|DL|1100##|11415#####"""
        ),
        6,
    ),
    Country(
        "NL",
        "Netherlands",
        ("The Netherlands", "Nederland", "Holland", "nl"),
        "nl_NL",
        "nl",
        "EUR",
        "31",
        "0",
        "6########",
        ("B.V.", "BV", "N.V."),
        _cities(
            """Amsterdam|Noord-Holland|NH|10## @@|20794####
            Rotterdam|Zuid-Holland|ZH|30## @@|10798####
            Utrecht|Utrecht|UT|35## @@|30799####
            Eindhoven|Noord-Brabant|NB|56## @@|40798####"""
        ),
        5,
    ),
    Country(
        "ES",
        "Spain",
        ("España", "ESP", "es"),
        "es_ES",
        "es",
        "EUR",
        "34",
        "",
        "6########",
        ("S.L.", "S.A.", "S.L.U."),
        _cities(
            """Madrid|Madrid|M|280##|910######
            Barcelona|Barcelona|B|080##|930######
            Valencia|Valencia|V|460##|960######
            Sevilla|Sevilla|SE|410##|950######"""
        ),
        5,
    ),
    Country(
        "IT",
        "Italy",
        ("Italia", "ITA", "it"),
        "it_IT",
        "it",
        "EUR",
        "39",
        "",
        "3########0",
        ("S.r.l.", "S.p.A.", "S.n.c."),
        _cities(
            """Milano|Milano|MI|201##|02########
            Roma|Roma|RM|001##|06########
            Torino|Torino|TO|101##|011#######
            Bologna|Bologna|BO|401##|051#######"""
        ),
        4,
    ),
    Country(
        "SE",
        "Sweden",
        ("Sverige", "SWE", "se"),
        "sv_SE",
        "sv",
        "SEK",
        "46",
        "0",
        "701740###",
        ("AB", "HB"),
        _cities(
            """Stockholm|Stockholms län|AB|11# ##|84650####
            Göteborg|Västra Götalands län|O|41# ##|313900###
            Malmö|Skåne län|M|21# ##|406280###"""
        ),
        3,
    ),
    Country(
        "PL",
        "Poland",
        ("Polska", "POL", "pl"),
        "pl_PL",
        "pl",
        "PLN",
        "48",
        "",
        "5########",
        ("Sp. z o.o.", "S.A.", "Sp.j."),
        _cities(
            """Warszawa|mazowieckie|14|00-###|22#######
            Kraków|małopolskie|12|30-###|12#######
            Łódź|łódzkie|10|90-###|42#######
            Wrocław|dolnośląskie|02|50-###|71#######"""
        ),
        4,
    ),
    Country(
        "CH",
        "Switzerland",
        ("Schweiz", "Suisse", "Svizzera", "CHE"),
        "fr_CH",
        "fr",
        "CHF",
        "41",
        "0",
        "79#######",
        ("AG", "SA", "Sàrl"),
        _cities(
            """Zürich|Zürich|ZH|80##|44#######
            Genève|Genève|GE|12##|22#######
            Basel|Basel-Stadt|BS|40##|61#######"""
        ),
        2,
    ),
    Country(
        "AT",
        "Austria",
        ("Österreich", "AUT", "at"),
        "de_AT",
        "de",
        "EUR",
        "43",
        "0",
        "664#######",
        ("GmbH", "AG", "OG"),
        _cities(
            """Wien|Wien|9|1##0|1#######
            Graz|Steiermark|6|80##|316######
            Salzburg|Salzburg|5|50##|662######"""
        ),
        2,
    ),
    Country(
        "CA",
        "Canada",
        ("CANADA", "CAN", "ca"),
        "en_CA",
        "en",
        "CAD",
        "1",
        "",
        "647555####",
        ("Inc.", "Ltd.", "Corp."),
        _cities(
            """Toronto|Ontario|ON|M5@ #@#|416555####
            Montréal|Québec|QC|H3@ #@#|514555####
            Vancouver|British Columbia|BC|V6@ #@#|604555####"""
        ),
        3,
    ),
)

BY_CODE = {country.code: country for country in COUNTRIES}
BY_NAME = {country.name: country for country in COUNTRIES}
WEIGHTS = [country.weight for country in COUNTRIES]
