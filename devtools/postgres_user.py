"""Run PostgreSQL's programs although they refuse to run as root.

An ordinary user runs them as they are. For root there are three ways, and which
one works depends on the machine; each is tried for real before it is used:

1. as the user ``nobody``: needs a project folder that others may enter;
2. as ``nobody`` who may pass file permissions: for a project below a closed
   folder such as /root;
3. in a user namespace where root goes by another number: where processes can't
   be given another user, files stay root's.
"""

import os
import pwd
import subprocess

from .errors import DevError

USER = "nobody"


def prefix_for(folder, programs):
    """The command prefix with which PostgreSQL's programs run and can write ``folder``.

    ``programs`` is the folder they lie in. The folder to write, with all in it, is
    handed to the user they run as.
    """
    if os.geteuid() != 0:
        return []
    reasons = []
    for owner, group, prefix in _ways(pwd.getpwnam(USER)):
        _hand_over(folder, owner, group)
        reason = _try([*prefix, "--"], folder, programs)
        if reason is None:
            return [*prefix, "--"]
        reasons.append(f"- {' '.join(prefix[:2])} ...: {reason}")
    raise DevError(
        "PostgreSQL refuses to run as root, and no other user could be used.",
        "\n".join(reasons),
        "Run ./dev as an ordinary user, or set PGHOST to a PostgreSQL server.",
    )


def _ways(user):
    """Owner and group of the files, and the command prefix, of each way."""
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    permissions = "+dac_override,+dac_read_search"
    passing = [
        f"--inh-caps={permissions}",
        f"--ambient-caps={permissions}",
        # Without it access(2), which PostgreSQL asks, leaves the permissions aside.
        "--securebits=+no_setuid_fixup",
    ]
    mapped = [f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"]
    yield user.pw_uid, user.pw_gid, ["setpriv", *ids]
    yield user.pw_uid, user.pw_gid, ["setpriv", *ids, *passing]
    yield 0, 0, ["unshare", "--user", *mapped]


def _hand_over(folder, uid, gid):
    if folder.stat().st_uid == uid:
        return
    for parent, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            os.chown(os.path.join(parent, name), uid, gid, follow_symlinks=False)
    os.chown(folder, uid, gid)


def _try(prefix, folder, programs):
    """None when it works, else the reason why not."""
    # initdb shows its settings only when it finds all its files and isn't root.
    script = ': > "$2/.try" && rm "$2/.try" && exec "$1/initdb" -s -D "$2/data"'
    try:
        answer = subprocess.run(
            [*prefix, "sh", "-c", script, "sh", programs, folder],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
    except OSError as error:
        return error.strerror
    lines = answer.stderr.strip().splitlines() or ["no reason given"]
    return lines[-1] if answer.returncode else None
