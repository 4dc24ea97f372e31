"""What an auditor does at a command line."""

import os
import subprocess
import sys

from odoo.tools import SQL, config

from odoo.addons.connector_base.engine import sealing

from .own_database import committed


def command(database, *arguments):
    addons = ",".join(config["addons_path"])
    return subprocess.run(
        [
            *(sys.executable, "-m", "odoo", f"--addons-path={addons}"),
            *("connector_audit", *arguments, "-d", database),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=dict(os.environ),
    )


def seal_all(env):
    for name in env["connector.seal.chain"]._sealed_models():
        rows = env[name]
        [last] = rows.search([], limit=1).ids or [0]
        chain = env["connector.seal.chain"]._of(rows)
        while chain._seal(last):
            pass


def test_check_key_and_export(database, tmp_path):
    with committed(database) as env:
        env["ir.config_parameter"].set_param("connector_base.test", "one")
    with committed(database) as env:
        seal_all(env)
        row_id = env["connector.audit"].search([], limit=1).id

    good = command(database, "check")
    assert good.returncode == 0, good.stderr
    assert "good: " in good.stdout

    file = tmp_path / "audit.jsonl"
    exported = command(database, "export", "-o", str(file))
    assert exported.returncode == 0, exported.stderr
    key = command(database, "key").stdout.strip()
    with file.open("rb") as lines:
        assert sealing.check_export(lines, key)["rows"]

    with committed(database) as env:
        for how in ("DISABLE", "ENABLE"):
            if how == "ENABLE":
                env.cr.execute(
                    "UPDATE connector_audit SET user_name = 'Nobody' WHERE id = %s",
                    [row_id],
                )
            env.cr.execute(SQL("ALTER TABLE connector_audit %s TRIGGER USER", SQL(how)))
    bad = command(database, "check")
    assert bad.returncode == 1
    assert f"row {row_id}" in bad.stdout
    assert "was altered" in bad.stdout
