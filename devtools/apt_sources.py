"""The machine's apt sources: which archive it uses and how that is verified."""

import re
from pathlib import Path

SYSTEM_SOURCES = Path("/etc/apt")


def distribution():
    """The id of the distribution, as ``debian`` or ``ubuntu``."""
    return _os_release("ID")


def _os_release(name):
    match = re.search(rf'^{name}="?([\w.-]+)', _text(Path("/etc/os-release")), re.M)
    return match[1] if match else ""


def read_sources(folder=SYSTEM_SOURCES):
    """The machine's sources as a list of dicts in the words of deb822.

    Both formats are read: ``*.sources`` and the one-line ``*.list``.
    """
    lists = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]
    found = []
    for path in sorted(folder.glob("sources.list.d/*.sources")):
        found += parse_deb822(_text(path))
    for path in lists:
        found += parse_one_line(_text(path))
    return found


def _text(path):
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def parse_deb822(text):
    """Stanzas of a ``*.sources`` file that are about binary packages."""
    found = []
    for stanza in re.split(r"\n\s*\n", text):
        fields, name = {}, None
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace() and name:  # a value goes on, as an embedded key does
                fields[name] += "\n" + line
            elif ":" in line:
                name, _colon, value = line.partition(":")
                name = name.strip().title()
                fields[name] = value.strip()
        enabled = fields.get("Enabled", "yes").lower() not in ("no", "false", "0")
        if enabled and "deb" in fields.get("Types", "").split():
            found.append(fields)
    return found


def parse_one_line(text):
    """``deb [option=value …] uri suite component …`` lines of a ``*.list`` file."""
    found = []
    for line in text.splitlines():
        pattern = r"\s*deb\s+(?:\[([^]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]+)"
        if not (match := re.match(pattern, line)):
            continue
        options, uri, suite, components = match.groups()
        fields = {"Uris": uri, "Suites": suite, "Components": components.strip()}
        for option in (options or "").split():
            name, _equals, value = option.partition("=")
            fields[name.title()] = value.replace(",", " ")
        found.append(fields)
    return found


def main_archive(sources, codename=None):
    """The source of the machine's own release, or None.

    Others may offer a component ``main`` too (a vendor's repository does): the
    suite of this release and a folder called after the distribution come first.
    """
    codename = _os_release("VERSION_CODENAME") if codename is None else codename
    candidates = []
    for source in sources:
        uri = source.get("Uris", "").split()[:1]
        if not uri or "main" not in source.get("Components", "").split():
            continue
        folder = uri[0].rstrip("/").rpartition("/")[2]
        for suite in source.get("Suites", "").split():
            # bookworm-updates, trixie-security, stable/updates are additions
            if "-" not in suite and "/" not in suite:
                rank = (suite != codename, folder not in ("debian", "ubuntu"))
                candidates.append((rank, {**source, "Suites": suite, "Uris": uri[0]}))
    return min(candidates, key=lambda found: found[0])[1] if candidates else None


def stanza(source, suite, components="main"):
    """A deb822 stanza for another suite of the same archive."""
    lines = ["Types: deb", f"URIs: {source['Uris']}", f"Suites: {suite}"]
    lines.append(f"Components: {components}")
    lines += [
        f"{name}: {source[name]}" for name in ("Signed-By", "Trusted") if name in source
    ]
    return "\n".join(lines) + "\n"
