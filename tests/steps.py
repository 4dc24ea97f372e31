"""Where Odoo finds ``connector_test_step``, the addon of jobs that leave a trace."""

import configparser
import os
import pathlib

ADDONS = pathlib.Path(__file__).with_name("addons")


def configuration_with_steps(folder):
    """Write Odoo's configuration anew, with that addon; returns its path."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(os.environ["ODOO_RC"])
    parser["options"]["addons_path"] += f",{ADDONS}"
    path = pathlib.Path(folder) / "odoo.conf"
    # It holds the password of the database.
    path.touch(mode=0o600)
    with path.open("w") as file:
        parser.write(file)
    return path
