"""Odoo's command, as a file: a server with several processes starts it again itself."""

from odoo.cli.command import main

if __name__ == "__main__":
    main()
