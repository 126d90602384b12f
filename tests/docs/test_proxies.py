"""What the pages show for web servers, for a service of one's own and for the DNS is right: real programs read it."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest

from broadsheet.desk.doctor import Health
from broadsheet.desk.doctor.mail import examine_domains, examine_unsubscribe
from broadsheet.desk.opening import open_desk
from broadsheet.desk.starting import start_project
from tests.certificates import certificate_for
from tests.desk.nameserver import nameserver
from tests.docs.pages import ROOT, blocks
from tests.docs.proxies import public_pages

PAGE = ROOT / "docs" / "deliverability.md"
OWN_SMTP = '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\nbounce_address = "bounces@example.org"\n'


def lines() -> list[str]:
    return [line for _, line in blocks(PAGE)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "program"), [("nginx", "nginx"), ("Caddy", "caddy")])
def test_a_web_server_as_shown_passes_a_one_click_unsubscription(
    name: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip(f"needs {program}, which is not here")
    certificate = certificate_for("127.0.0.1", tmp_path / "tls.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    project, folder = tmp_path / "newsroom", tmp_path / "server"
    start_project(project)
    folder.mkdir()
    with public_pages(name, folder, certificate, found, project) as address:
        settings = project / "broadsheet.toml"
        text = settings.read_text(encoding="utf-8")
        text = text.replace('# base_url = "https://news.example.org" ', f'base_url = "{address}" ')
        settings.write_text(f"{text}\n{OWN_SMTP}", encoding="utf-8")
        with open_desk(project) as desk:
            (one,) = examine_unsubscribe(desk)
        assert (one.health, one.message) == (
            Health.GOOD, f"{address} answers, and takes a one-click unsubscription",
        ), one  # fmt: skip
        assert "Content-Security-Policy" in httpx2.get(f"{address}/u/nobody").headers


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_the_service_that_is_shown_is_valid(tmp_path: Path) -> None:
    shown = lines()
    at = shown.index("[Service]")
    unit = tmp_path / "pages.service"
    unit.write_text("\n".join(shown[at : at + 3]).replace("/opt/broadsheet/bin/broadsheet", "/bin/true") + "\n")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert str(tmp_path) not in done.stderr, done.stderr


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_the_records_that_are_shown_content_the_doctor(tmp_path: Path) -> None:
    """The key is made by the commands of the page, and published as the page says."""
    start_project(tmp_path)
    shown = lines()
    for line in (line for line in shown if line.startswith(("openssl genrsa", "chmod"))):
        subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True, capture_output=True)
    (public,) = (line for line in shown if line.startswith("openssl rsa"))
    key = subprocess.run(["sh", "-c", public], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert base64.b64decode(key)
    records = {("example.org", "MX"): ["10 mx.example.org."], ("relay.example.net", "TXT"): ['"v=spf1 a:mx -all"']}
    for line in shown:
        name, found, text = line.partition(".  TXT  ")
        if found:
            value = text.strip().strip('"').replace("THE OUTPUT", key)
            strings = " ".join(f'"{value[start : start + 255]}"' for start in range(0, len(value), 255))
            records[name, "TXT"] = [strings]
    at = shown.index("[[smtp.dkim]]")
    settings = tmp_path / "broadsheet.toml"
    text = f"{settings.read_text(encoding='utf-8')}\n{OWN_SMTP}" + "\n".join(shown[at : at + 4])
    settings.write_text(text, encoding="utf-8")
    with open_desk(tmp_path) as desk, nameserver(records) as port:
        found_faults = list(examine_domains(desk, ("127.0.0.1",), port))
    assert [one.message for one in found_faults] == ["SPF, DKIM, DMARC and MX of example.org are in order"]
