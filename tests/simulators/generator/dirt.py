"""What is wrong with real data, put into good records at a given rate.

Every function takes a record and the luck of the run, changes the record in place and
leaves the name of the flaw in ``record.flaw``.
"""

from .countries import BY_CODE

LONG = (
    "Gesellschaft zur Förderung der Zusammenarbeit im internationalen "
    "Anlagen-, Maschinen- und Apparatebau sowie verwandter Gewerke "
)
GARBAGE_PHONES = (
    "n/a",
    "-",
    "call reception",
    "0000",
    "+",
    "see website",
    "123456789012345678901234567890",
    "ext. 12",
)
UNKNOWN_COUNTRIES = ("Atlantis", "Europe", "XX", "???", "Freedonia")


def soil_company(company, luck):
    """One flaw for a company."""
    flaw = luck.choice(
        (
            "odd_phone",
            "garbage_phone",
            "country_spelling",
            "country_spelling",
            "unknown_country",
            "iso_country",
            "empty_strings",
            "nulls",
            "no_domain",
            "long_name",
            "padded_name",
            "state_code",
        )
    )
    company.flaw = flaw
    if flaw == "no_domain":
        company.domain = company.website = None
    elif flaw == "long_name":
        company.name = (LONG * 3)[: luck.randint(180, 400)] + " " + company.name
    elif flaw == "padded_name":
        company.name = f"  {company.name.upper()} "
    elif flaw == "empty_strings":
        company.phone = company.description = company.website = ""
        company.place.street = company.place.zip = ""
    elif flaw == "nulls":
        company.phone = company.description = company.industry = None
        company.employees = company.revenue = None
        company.place.city = company.place.country = None
    else:
        _soil_common(company, flaw, luck)


def soil_contact(contact, luck):
    """One flaw for a contact."""
    flaw = luck.choice(
        (
            "odd_phone",
            "garbage_phone",
            "country_spelling",
            "unknown_country",
            "iso_country",
            "email_case",
            "email_padded",
            "no_email",
            "no_last_name",
            "shouting",
            "unicode_name",
            "empty_strings",
            "state_code",
        )
    )
    contact.flaw = flaw
    if flaw == "email_case" and contact.email:
        contact.email = "".join(
            letter.upper() if luck.random() < 0.4 else letter
            for letter in contact.email
        )
    elif flaw == "email_padded" and contact.email:
        contact.email = luck.choice((" {}", "{} ", "  {}  ")).format(contact.email)
    elif flaw == "no_email":
        contact.email = None
    elif flaw == "no_last_name":
        contact.last_name = None
    elif flaw == "shouting":
        contact.first_name = (contact.first_name or "").upper()
        contact.last_name = (contact.last_name or "").upper()
    elif flaw == "unicode_name":
        contact.first_name = luck.choice(("Zoë 🚀", "O’Neil", "Łucja-Žaneta", "李小龙"))
    elif flaw == "empty_strings":
        contact.phone = contact.mobile = contact.job_title = ""
        contact.place.street = contact.place.city = ""
    else:
        _soil_common(contact, flaw, luck)


def soil_deal(deal, luck):
    """One flaw for a deal."""
    flaw = luck.choice(
        ("no_amount", "no_currency", "no_company", "no_close_date", "zero_amount")
    )
    deal.flaw = flaw
    if flaw == "no_amount":
        deal.amount = None
    elif flaw == "zero_amount":
        deal.amount = "0.00"
    elif flaw == "no_currency":
        deal.currency = None
    elif flaw == "no_company":
        deal.company_key = None
    else:
        deal.close_date = None


def other_spelling(name, luck):
    """The name of the same company as somebody else typed it."""
    bare = name.split(" ")
    spellings = (
        name.upper(),
        name.lower(),
        f"{name} ",
        f"The {name}",
        name.replace(".", "").replace("GmbH", "G.m.b.H."),
        " ".join(bare[:-1]) or name,
        name.replace(" ", "  "),
        name.replace("&", "and").replace("ö", "oe").replace("ü", "ue"),
    )
    return luck.choice([each for each in spellings if each != name] or [name])


def _soil_common(record, flaw, luck):
    country = BY_CODE[record.country_code]
    place = record.place
    if flaw == "odd_phone":
        record.phone = local_phone(record.phone, country, luck)
    elif flaw == "garbage_phone":
        record.phone = luck.choice(GARBAGE_PHONES)
    elif flaw == "country_spelling":
        place.country = luck.choice(country.names)
    elif flaw == "unknown_country":
        place.country = luck.choice(UNKNOWN_COUNTRIES)
    elif flaw == "iso_country":
        place.country = country.code
    elif flaw == "state_code":
        for _city, state, code, _zip, _phone in country.cities:
            if code and state == place.state:
                place.state = code
                break


def local_phone(phone, country, luck):
    """``+49302312507`` the way people write it at home."""
    national = (phone or "").removeprefix(f"+{country.dial}")
    if not national.isdigit():
        return phone
    area, rest = national[:3], national[3:]
    style = luck.randrange(5)
    if style == 0:
        return f"{country.trunk}{area} {rest[:3]} {rest[3:]}".strip()
    if style == 1:
        return f"({country.trunk}{area}) {rest[:3]}-{rest[3:]}"
    if style == 2:
        return f"{country.trunk}{area}/{rest}"
    if style == 3:
        return f"00{country.dial} {area} {rest} ext. {luck.randint(1, 99)}"
    return f"{country.trunk}{area}.{rest[:3]}.{rest[3:]}"
