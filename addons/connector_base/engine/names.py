"""Names of people: one in Odoo, two at most vendors."""


def split_name(name):
    """``"Ada King Lovelace"`` → ``("Ada King", "Lovelace")``.

    Joined by a blank both parts give the same name again, whatever was taken for what:
    a name that comes back must not look changed. The last word is the last name, also
    where it is the only one: vendors require a last name, and no first one.
    """
    first, _blank, last = " ".join((name or "").split()).rpartition(" ")
    return first, last
