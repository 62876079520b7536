"""Debian's servers: their packages are downloaded and unpacked, never installed.

The users that they want are given to them alone by nss_wrapper.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.helpers.running import free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


USERS = {"root": 0, "nobody": 65534, "Debian-exim": 65501, "postfix": 65502}


GROUPS = {**USERS, "postdrop": 65503}


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Download Debian packages and unpack them; return the folder that they are in."""
    top = tmp_path_factory.mktemp("debian")
    top.chmod(0o755)
    for parent in (top.parent, top.parent.parent):
        parent.chmod(parent.stat().st_mode | 0o011)  # servers that give up root must be able to come here

    def unpack(*packages: str) -> Path:
        there = shutil.which("apt-get") and shutil.which("dpkg")
        download = ["apt-get", "download", "-q", *packages]
        if not there or subprocess.run(download, cwd=top, capture_output=True, check=False).returncode:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(
                f"cannot download {', '.join(packages)} with apt-get"
            )
        for package in packages:
            (file,) = top.glob(f"{package}_*.deb")
            subprocess.run(["dpkg", "-x", file, top / "root"], check=True)
            file.unlink()
        return top / "root"

    return unpack


@pytest.fixture(scope="session")
def as_users(unpacked: Callable[..., Path]) -> dict[str, str]:
    """Return the environment in which the unpacked servers find their libraries and their users."""
    if os.geteuid() != 0:
        pytest.skip("servers that give up root must be started by root")
    root = unpacked("libidn12", "libnss-wrapper")
    top = root.parent
    (top / "passwd").write_text("".join(f"{name}:x:{uid}:{uid}::/:/bin/false\n" for name, uid in USERS.items()))
    (top / "group").write_text("".join(f"{name}:x:{gid}:\n" for name, gid in GROUPS.items()))
    (wrapper,) = root.rglob("libnss_wrapper.so")
    return {
        **os.environ,
        "LD_LIBRARY_PATH": os.pathsep.join([str(wrapper.parent), str(root / "usr/lib/postfix")]),
        "LD_PRELOAD": str(wrapper),
        "NSS_WRAPPER_PASSWD": str(top / "passwd"),
        "NSS_WRAPPER_GROUP": str(top / "group"),
    }


EXIM = """
primary_hostname = mta.lab.example
spool_directory = {spool}
log_file_path = {spool}/%slog
exim_user = 65501
exim_group = 65501
keep_environment =
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
host_lookup =
rfc1413_hosts =
acl_smtp_rcpt = refuse
begin acl
refuse:
  deny
begin routers
begin transports
"""


@pytest.fixture(scope="session")
def exim(unpacked: Callable[..., Path], as_users: dict[str, str]) -> Iterator[int]:
    """Run Exim from Debian's package, with no router: it can deliver nothing."""
    root = unpacked("exim4-daemon-light")
    spool, port = root.parent / "exim", free_port()
    logs = [spool / "log" / f"{name}log" for name in ("main", "reject", "panic")]
    (spool / "log").mkdir(parents=True)
    for log in logs:
        log.touch()  # Exim says 421, "Unexpected log failure", where making one fails in the midst of a session
    for path in (spool, spool / "log", *logs):
        os.chown(path, USERS["Debian-exim"], USERS["Debian-exim"])
    config = root.parent / "exim.conf"
    config.write_text(EXIM.format(spool=spool))
    command = [root / "usr/sbin/exim4", "-C", config, "-bdf", "-oX", f"127.0.0.1.{port}", "-oP", spool / "pid"]
    with running(command, port, root.parent / "exim.out", env=as_users) as bound:
        yield bound


POSTFIX = """
compatibility_level = 3.6
queue_directory = {top}/queue
data_directory = {top}/data
command_directory = {root}/usr/sbin
daemon_directory = {root}/usr/lib/postfix/sbin
shlib_directory = {root}/usr/lib/postfix
meta_directory = {top}
mail_owner = postfix
setgid_group = postdrop
myhostname = mta.lab.example
mydestination = localhost
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_transport = error:no mail leaves here
relay_transport = error:no mail leaves here
local_transport = discard:
alias_maps =
alias_database =
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
smtpd_peername_lookup = no
maillog_file = /dev/stdout
import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_LIBRARY_PATH LD_PRELOAD
  NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
"""


MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
tlsmgr unix - - n 1000? 1 tlsmgr
"""


QUEUES = [
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "maildrop",
    "pid",
    "private",
    "public",
    "saved",
    "trace",
]


@pytest.fixture(scope="session")
def postfix(unpacked: Callable[..., Path], as_users: dict[str, str]) -> Iterator[int]:
    """Run Postfix from Debian's package; every transport is an error or discards."""
    root = unpacked("postfix")
    top, port = root.parent / "postfix", free_port()
    for folder in ("data", *(f"queue/{name}" for name in QUEUES)):
        (top / folder).mkdir(parents=True)
        os.chown(top / folder, 65502, 65503 if folder.endswith(("maildrop", "public")) else 65502)
    os.chown(top / "queue/pid", 0, 0)
    (top / "main.cf").write_text(POSTFIX.format(top=top, root=root))
    (top / "master.cf").write_text(MASTER.format(port=port))
    command = [root / "usr/lib/postfix/sbin/master", "-c", top, "-d"]
    with running(command, port, root.parent / "postfix.out", env=as_users) as bound:
        yield bound


SENDMAIL = """V10/Berkeley
Djmta.lab.example
Cwmta.lab.example localhost
DnMAILER-DAEMON
O HelpFile={root}/etc/mail/helpfile
O DaemonPortOptions=Family=inet, Name=MTA-v4, Port={port}, Addr=127.0.0.1
O PrivacyOptions=needmailhelo,needexpnhelo,needvrfyhelo
O QueueDirectory={queue}
O DeliveryMode=queueonly
O DontBlameSendmail=AssumeSafeChown,HelpFileInUnsafeDirPath
O SmtpGreetingMessage=$j Sendmail $v/$Z; $b
O PidFile={queue}/pid
O Timeout.ident=0
O DefaultUser=8:8
O RejectNUL=true
O BlankSub=.
O OperatorChars=.:%@!^/[]+
Troot
H?D?Date: $a
Pfirst-class=0
Mlocal, P=/bin/false, F=lsDFMw5:/|@q, S=0, R=0, T=DNS/RFC822/X-Unix, A=false
Mprog, P=/bin/false, F=lsDFMoqeu9, S=0, R=0, T=X-Unix/X-Unix/X-Unix, A=false
S3
S0
R$*\t$#local $: $1
S4
"""


@pytest.fixture(scope="session")
def sendmail(unpacked: Callable[..., Path], as_users: dict[str, str]) -> Iterator[int]:
    """Run Sendmail from Debian's packages with their help file; it keeps mail in its queue, and delivers none."""
    root = unpacked("sendmail-bin", "sendmail-base", "libwrap0")
    queue, port = root.parent / "sendmail", free_port()
    queue.mkdir()
    program = root / "usr/libexec/sendmail/sendmail"
    program.chmod(0o755)  # with its set-group-ID bit it would not find its libraries
    config, hosts = root.parent / "sendmail.cf", root.parent / "hosts"
    config.write_text(SENDMAIL.format(root=root, queue=queue, port=port))
    hosts.write_text("127.0.0.1 mta.lab.example localhost\n")
    (library,) = root.rglob("libwrap.so.0")
    environment = {
        **as_users, "NSS_WRAPPER_HOSTS": str(hosts), "NSS_WRAPPER_HOSTNAME": "mta.lab.example",
        "LD_LIBRARY_PATH": os.pathsep.join([as_users["LD_LIBRARY_PATH"], str(library.parent)]),
    }  # fmt: skip
    with running([program, "-C", config, "-bD"], port, root.parent / "sendmail.out", env=environment) as bound:
        yield bound
