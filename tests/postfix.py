"""A Postfix for the tests: the one that is installed, as an instance of its own on a port of loopback.

Configuration, queue and mailboxes lie in a folder below /tmp; nothing of an installed instance is read or changed, and
nothing leaves the machine: one domain is delivered to files, every other address is refused. Postfix has to be started
by root, by way of `sudo` where the tests run as somebody else; it ends with the tests however these end, kept by a
small shell that waits for the other end of a pipe.
"""

from __future__ import annotations

import grp
import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DOMAIN", "Postfix", "PostfixMissingError", "postfix_server"]

DOMAIN = "desk.example"
"""The domain whose mail is delivered; anybody there has a mailbox."""

# Two addresses that are refused, for good and for now; a line that begins with a blank goes on with the one before.
_ACCESS = f"""check_recipient_access inline:{{
 {{ nobody@{DOMAIN} = 550 5.1.1 no such user here }}, {{ later@{DOMAIN} = 450 4.2.0 greylisted }} }}, permit"""

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.{domain}
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relay_transport = error:nothing leaves these tests
default_transport = error:nothing leaves these tests
local_transport = error:nothing leaves these tests
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {home}/boxes
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = {access}
notify_classes =
message_size_limit = 1048576
maillog_file = {home}/log/postfix.log
maillog_file_prefixes = {home}
smtpd_tls_security_level = none
multi_instance_enable = no
"""

_MASTER = """
127.0.0.1:{port} inet  n - n - - smtpd
cleanup  unix  n - n - 0 cleanup
qmgr     unix  n - n 300 1 qmgr
rewrite  unix  - - n - - trivial-rewrite
bounce   unix  - - n - 0 bounce
defer    unix  - - n - 0 bounce
trace    unix  - - n - 0 bounce
error    unix  - - n - - error
retry    unix  - - n - - error
virtual  unix  - n n - - virtual
anvil    unix  - - n - 1 anvil
proxymap unix  - - n - - proxymap
postlog  unix-dgram n - n - 1 postlogd
"""

# Arguments: folder of the instance. Speaks one line when the server takes connections.
_KEEPER = """
home=$1
trap '' INT TERM HUP
PATH=$PATH:/usr/sbin:/sbin
if postfix -c "$home/etc" start > "$home/started" 2>&1; then echo ready; else echo failed; fi
read -r _ || true
postfix -c "$home/etc" stop > /dev/null 2>&1
"""


class PostfixMissingError(Exception):
    """Postfix is not installed, or cannot be started by whoever runs the tests."""


@dataclass(frozen=True)
class Postfix:
    """A running instance."""

    home: Path
    port: int
    root: tuple[str, ...]  # what a command is put behind to be run as root

    @property
    def log(self) -> str:
        """What it logged so far."""
        done = subprocess.run(
            [*self.root, "cat", str(self.home / "log" / "postfix.log")], capture_output=True, check=False
        )
        return done.stdout.decode("utf-8", "replace")

    def delivered(self) -> list[mailbox.MaildirMessage]:
        """Return the mails in the mailbox, in the order in which they came."""
        box = self.home / "boxes" / "all"
        if not box.exists():
            return []
        return [message for _, message in sorted(mailbox.Maildir(box, create=False).items())]

    def wait_for(self, count: int) -> list[mailbox.MaildirMessage]:
        """Hand the queue over to delivery until so many mails are in the mailbox."""
        for _ in range(600):
            found = self.delivered()
            if len(found) >= count:
                return found
            # `sendmail -q` asks the running queue manager; it takes the time that we would else sleep away.
            subprocess.run(
                [*self.root, _tool("sendmail"), "-C", str(self.home / "etc"), "-q"], check=False, capture_output=True
            )
        raise AssertionError(f"{len(self.delivered())} of {count} mails were delivered\n{self.log}")


def _tool(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise PostfixMissingError("no Postfix: install the package postfix")
    return found


def _root() -> tuple[str, ...]:
    if os.geteuid() == 0:
        return ()
    if (
        shutil.which("sudo") is None
        or subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode
    ):
        raise PostfixMissingError("Postfix has to be started by root: run the tests as root, or with sudo at hand")
    return ("sudo", "-n")


@contextmanager
def postfix_server() -> Iterator[Postfix]:
    """Give a running instance for as long as the block lasts.

    Raises:
        PostfixMissingError: there is none, or it cannot be started.
    """
    _tool("postfix")
    root = _root()
    try:
        owner = pwd.getpwnam("postfix")
        grp.getgrnam("postdrop")
    except KeyError as error:
        raise PostfixMissingError("Postfix is installed without its user and group") from error
    # Short, since the path of a socket may have 107 bytes only; not in a folder that others cannot pass through.
    home = Path(tempfile.mkdtemp(prefix="alertsvc-mx-", dir="/tmp"))
    try:
        port = _prepare(home, owner, root)
        with _kept(home, root):
            yield Postfix(home, port, root)
    finally:
        subprocess.run([*root, "rm", "-rf", "--", str(home)], check=False)


def _prepare(home: Path, owner: pwd.struct_passwd, root: tuple[str, ...]) -> int:
    home.chmod(0o755)
    for name in ("etc", "queue", "data", "boxes", "log"):
        (home / name).mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    # Mailboxes belong to whoever runs the tests; Postfix refuses to deliver as root, where they are its own user's.
    uid, gid = (os.geteuid(), os.getegid()) if os.geteuid() else (owner.pw_uid, owner.pw_gid)
    values = {"home": home, "port": port, "domain": DOMAIN, "uid": uid, "gid": gid, "access": _ACCESS}
    (home / "etc" / "main.cf").write_text(_MAIN.format(**values), encoding="utf-8")
    (home / "etc" / "master.cf").write_text(_MASTER.format(**values), encoding="utf-8")
    steps = [
        ["chown", f"{uid}:{gid}", str(home / "boxes")],
        ["chown", "postfix", str(home / "data")],
        ["chown", "-R", "root:root", str(home / "etc"), str(home / "queue")],
    ]
    for step in steps:
        subprocess.run([*root, *step], check=True)
    return port


@contextmanager
def _kept(home: Path, root: tuple[str, ...]) -> Iterator[None]:
    keeper = subprocess.Popen(
        [*root, "sh", "-c", _KEEPER, "keeper", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    try:
        if keeper.stdout.readline() != "ready\n":
            told = [path.read_text() for path in (home / "started", home / "log" / "postfix.log") if path.exists()]
            raise RuntimeError("Postfix did not start:\n" + "\n".join(told))
        yield
    finally:
        keeper.stdin.close()
        keeper.stdout.close()
        keeper.wait(timeout=60)
