"""A real Postfix of a test's own: strict in all it can be, with its own configuration, queue and Maildirs.

Needs root, because Postfix gives its parts other users. Nothing of the system's own Postfix is read or changed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from broadsheet.model import Recipient

POSTFIX = shutil.which("postfix", path="/usr/sbin:/usr/local/sbin")
NOBODY = 65534
SIZE_LIMIT = 200_000

# What a careful administrator would refuse, and all that Postfix itself calls strict, save what needs the DNS.
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example.net
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
smtpd_peername_lookup = no
local_transport = error:no local mail
virtual_mailbox_domains = example.com
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/readers
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
alias_maps =
smtputf8_enable = yes

strict_rfc821_envelopes = yes
strict_7bit_headers = {seven_bit}
strict_8bitmime_body = yes
strict_mime_encoding_domain = yes
smtpd_helo_required = yes
smtpd_delay_reject = no
smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
smtpd_sender_restrictions = reject_non_fqdn_sender
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unauth_pipelining, reject_unlisted_recipient
smtpd_data_restrictions = reject_unauth_pipelining, reject_multi_recipient_bounce
smtpd_forbid_bare_newline = reject
smtpd_forbid_bare_newline_exclusions =
smtpd_forbid_unauth_pipelining = yes
smtpd_hard_error_limit = 3
smtpd_soft_error_limit = 1
smtpd_error_sleep_time = 0
disable_vrfy_command = yes
message_size_limit = {limit}
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/relay.pem
smtpd_tls_key_file = {folder}/relay.pem
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_loglevel = 1
smtpd_discard_ehlo_keywords = {withheld}
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """Where it listens, whom to trust, and what has arrived."""

    port: int
    certificate: Path
    folder: Path

    def mailbox(self, local: str) -> list[bytes]:
        """Give what was delivered to a reader, with the line ends that a Maildir has."""
        return [path.read_bytes() for path in sorted((self.folder / "mail" / local / "new").glob("*"))]

    def wait_for(self, count: int) -> dict[str, list[bytes]]:
        """Wait until so many messages are delivered, and give them by reader."""
        until = time.monotonic() + 60
        while sum(1 for _ in (self.folder / "mail").glob("*/new/*")) < count:
            assert time.monotonic() < until, self.log()
            time.sleep(0.02)
        return {path.name: self.mailbox(path.name) for path in (self.folder / "mail").iterdir()}

    def log(self) -> str:
        """Give what Postfix noted."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def postfix(
    certificate: Path, readers: Iterable[Recipient], withheld: Sequence[str] = (), *, seven_bit: bool = True
) -> Iterator[Postfix]:
    """Run Postfix with a mailbox for each reader; it does not offer the extensions in `withheld`.

    `seven_bit` refuses a header beyond ASCII, and so the Received field that Postfix itself writes for such a reader.
    """
    if POSTFIX is None:
        pytest.skip("needs Postfix (apt-get install postfix), which is not here")
    if os.geteuid() != 0:
        pytest.skip("needs root, because Postfix gives its parts other users")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name, socket.create_server(("127.0.0.1", 0)) as free:
        folder, port = Path(name), free.getsockname()[1]
        free.close()
        folder.chmod(0o755)
        for part in ("conf", "queue", "data", "mail"):
            (folder / part).mkdir()
        shutil.chown(folder / "data", "postfix")
        os.chown(folder / "mail", NOBODY, NOBODY)
        shutil.copy(certificate, folder / "relay.pem")
        boxes = "".join(f"{reader.email} {reader.email.partition('@')[0]}/\n" for reader in readers)
        (folder / "readers").write_text(boxes, encoding="utf-8")
        words = {"folder": folder, "owner": NOBODY, "limit": SIZE_LIMIT, "port": port, "withheld": ", ".join(withheld)}
        words["seven_bit"] = "yes" if seven_bit else "no"
        (folder / "conf" / "main.cf").write_text(MAIN.format(**words))
        (folder / "conf" / "master.cf").write_text(MASTER.format(**words))
        command = [POSTFIX, "-c", str(folder / "conf")]
        begun = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
        found = Postfix(port, folder / "relay.pem", folder)
        try:
            if begun.returncode:
                pytest.skip(f"Postfix does not start here: {begun.stderr}")
            yield found
        finally:
            subprocess.run([*command, "stop"], capture_output=True, check=False)
