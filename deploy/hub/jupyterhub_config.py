"""JupyterHub for a class that learns with smtplab, on one server; README.md beside this file says how to set it up.

Each learner has a Unix account of the hub's making, a folder in the class's folder, and a server in a systemd unit of
its own, with a limit of memory. Whatever the administrator chooses is an environment variable of the first block.
"""

from __future__ import annotations

import asyncio
import atexit
import grp
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from smtplab.text.language import LANGUAGES

c = get_config()  # noqa: F821  JupyterHub's own

# What the administrator chooses ------------------------------------------------------------------------------------

LOGIN = os.environ.get("SMTPLAB_HUB_LOGIN", "")
"""`native`: names and passwords kept by this hub; `lti`: a learning platform logs its learners in."""

URL = os.environ.get("SMTPLAB_HUB_URL", "http://127.0.0.1:8000")
"""Where the hub listens. Anything but this machine itself needs the certificate below."""

CERTIFICATE, KEY = os.environ.get("SMTPLAB_HUB_CERTIFICATE", ""), os.environ.get("SMTPLAB_HUB_KEY", "")

STATE = Path(os.environ.get("SMTPLAB_HUB_STATE", "/srv/smtplab-hub"))
"""The hub's own folder: accounts and secrets."""

CLASS = Path(os.environ.get("SMTPLAB_HUB_CLASS", "/srv/smtplab-class"))
"""The class's folder: a folder for each learner, by name; the group `teachers` reads it."""

ADMINS = set(os.environ.get("SMTPLAB_HUB_ADMINS", "").split())
TEACHERS = set(os.environ.get("SMTPLAB_HUB_TEACHERS", "").split())
"""Names, with spaces between; more are put into the groups on the hub's page for administrators."""

LANGUAGE = os.environ.get("SMTPLAB_HUB_LANGUAGE", "en")
"""Of whoever is in no group `lang-en` or `lang-es`."""

LESSONS = os.environ.get("SMTPLAB_HUB_LESSONS", "")
"""Such as `1,3`; all of them where nothing is named."""

MEMORY = os.environ.get("SMTPLAB_HUB_MEMORY", "512M")
AT_ONCE = int(os.environ.get("SMTPLAB_HUB_AT_ONCE", "8"))
"""A learner's limit, and how many servers may be starting at the same time."""

SERVER_IDLE = int(os.environ.get("SMTPLAB_HUB_SERVER_IDLE", "3600"))
KERNEL_IDLE = int(os.environ.get("SMTPLAB_HUB_KERNEL_IDLE", "1800"))
"""Seconds without work after which a server or a notebook's Python is stopped; what is on the disk stays."""

NETWORK = os.environ.get("SMTPLAB_HUB_NETWORK", "closed")
"""`open` lets learners' servers reach other machines, as nbgitpuller must; no lesson needs one."""

HUB_PORT, PROXY_PORT = (os.environ.get(f"SMTPLAB_HUB_{name}", port) for name, port in (("PORT", 8081), ("API", 8001)))
"""Two ports on 127.0.0.1 that hub and proxy need for themselves."""

TRIAL = os.environ.get("SMTPLAB_HUB_TRIAL", "")
PASSWORD = os.environ.get("SMTPLAB_HUB_TRIAL_PASSWORD", "")
"""`one-account-for-all`, for a try on your own machine: every learner's server runs as you. With a password, and
without a login, whoever knows it gets in under any name."""

# Refusals: a hub that would be less safe than it looks does not start ----------------------------------------------


def check() -> None:
    """Stop with a sentence where the choices do not make a hub."""
    if TRIAL not in ("", "one-account-for-all"):
        sys.exit(f"SMTPLAB_HUB_TRIAL is {TRIAL!r}; it may be one-account-for-all, which is no hub for a class")
    local = urlsplit(URL).hostname in ("127.0.0.1", "::1", "localhost")
    if TRIAL and not local:
        sys.exit(f"SMTPLAB_HUB_TRIAL is set, so SMTPLAB_HUB_URL must be on 127.0.0.1, not {URL}")
    if not (local or (CERTIFICATE and KEY)):
        sys.exit(f"passwords would go over {URL} in the clear: set SMTPLAB_HUB_CERTIFICATE and SMTPLAB_HUB_KEY")
    if LOGIN not in ("native", "lti") and not (TRIAL and PASSWORD and not LOGIN):
        sys.exit(f"SMTPLAB_HUB_LOGIN is {LOGIN!r}; it must be native or lti")
    if PASSWORD and (LOGIN or not TRIAL):
        sys.exit("SMTPLAB_HUB_TRIAL_PASSWORD is one password for everybody: only for a trial without a login")
    if not TRIAL and os.geteuid() != 0:
        sys.exit("the hub gives each learner an account of the system, so it must be started as root")
    if LANGUAGE not in LANGUAGES:
        sys.exit(f"SMTPLAB_HUB_LANGUAGE is {LANGUAGE!r}; it may be {', '.join(LANGUAGES)}")
    if NETWORK not in ("closed", "open"):
        sys.exit(f"SMTPLAB_HUB_NETWORK is {NETWORK!r}; it may be closed or open")


check()

# The hub -----------------------------------------------------------------------------------------------------------

os.umask(0o022)
STATE.mkdir(mode=0o700, parents=True, exist_ok=True)

c.JupyterHub.bind_url = URL
c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = CERTIFICATE, KEY
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{HUB_PORT}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PROXY_PORT}"
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.concurrent_spawn_limit = AT_ONCE
c.JupyterHub.last_activity_interval = ACTIVITY = max(1, min(300, SERVER_IDLE // 3))  # seconds between looks
c.JupyterHub.load_groups = {
    "teachers": {"users": sorted(TEACHERS)},
    **{f"lang-{lang}": {"users": []} for lang in LANGUAGES},
}

# Who comes in ------------------------------------------------------------------------------------------------------

c.Authenticator.admin_users = ADMINS
c.Authenticator.allow_all = True  # each of the two has a gate of its own
c.Authenticator.username_pattern = r"[A-Za-z0-9][A-Za-z0-9@._+-]{0,99}\Z"  # a name is a folder's too
if LOGIN == "native":
    from nativeauthenticator import NativeAuthenticator

    c.JupyterHub.authenticator_class = NativeAuthenticator
    c.JupyterHub.template_paths = [str(Path(sys.modules[NativeAuthenticator.__module__].__file__).parent / "templates")]
    c.NativeAuthenticator.open_signup = False  # an administrator lets each in: HUB/hub/authorize
    c.NativeAuthenticator.minimum_password_length = 10
    c.NativeAuthenticator.check_common_password = True
    c.NativeAuthenticator.allowed_failed_logins = 5
    c.NativeAuthenticator.seconds_before_next_try = 300
elif LOGIN == "lti":
    c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
    c.LTI13Authenticator.issuer = os.environ["SMTPLAB_HUB_LTI_ISSUER"]
    c.LTI13Authenticator.client_id = set(os.environ["SMTPLAB_HUB_LTI_CLIENTS"].split())
    c.LTI13Authenticator.authorize_url = os.environ["SMTPLAB_HUB_LTI_AUTHORIZE"]
    c.LTI13Authenticator.jwks_endpoint = os.environ["SMTPLAB_HUB_LTI_JWKS"]
    c.LTI13Authenticator.username_key = os.environ.get("SMTPLAB_HUB_LTI_NAME", "sub")  # "sub": a number, no name
else:
    c.JupyterHub.authenticator_class = "dummy"
    c.DummyAuthenticator.password = PASSWORD

# What a learner's server is ----------------------------------------------------------------------------------------

c.Spawner.cmd = [sys.executable, "-P", "-m", "jupyterhub.singleuser"]  # -P: a learner's email.py is no module of ours
c.Spawner.args = [
    "--KernelManager.transport=ipc",  # sockets in a folder of the learner's own, and no port
    f"--MappingKernelManager.cull_idle_timeout={KERNEL_IDLE}",
    f"--MappingKernelManager.cull_interval={max(1, min(300, KERNEL_IDLE // 2))}",
    "--MappingKernelManager.cull_connected=True",  # a tab left open is not work
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
]
c.Spawner.environment = {"SMTPLAB_CARRIER": "memory", "JUPYTERHUB_ACTIVITY_INTERVAL": str(ACTIVITY)}
c.Spawner.default_url = "/lab"
c.Spawner.disable_user_config = True
c.Spawner.mem_limit = MEMORY
c.Spawner.start_timeout = c.Spawner.http_timeout = 120

GROUP = "smtplab-teachers"
"""The system's group of those who read the class's folder; they are in it while their server runs."""

EMPTY = b'{"version": 2, "merged": [], "answers": {\n\n}}\n'
"""A file of progress without an answer. smtplab makes one for its owner alone, and keeps the mode that it has."""

if TRIAL:
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "home" / "{username}")
    if os.geteuid() == 0:
        c.Spawner.args += ["--allow-root"]
    # Short, for a socket's path has at most 107 octets, of which ZeroMQ's names take 50.
    RUNTIME = Path(tempfile.mkdtemp(prefix="hub-", dir="/tmp"))
    atexit.register(shutil.rmtree, RUNTIME, ignore_errors=True)
    CLASS.mkdir(mode=0o700, parents=True, exist_ok=True)
else:
    c.JupyterHub.spawner_class = "systemd"
    c.SystemdSpawner.extra_paths = [str(Path(sys.executable).parent)]
    c.SystemdSpawner.default_shell = "/bin/bash"
    c.SystemdSpawner.isolate_tmp = c.SystemdSpawner.isolate_devices = c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.unit_extra_properties = {"UMask": "0027", "RuntimeDirectoryMode": "0700"}
    if NETWORK == "closed":
        c.SystemdSpawner.unit_extra_properties |= {"IPAddressDeny": "any", "IPAddressAllow": "localhost"}
    RUNTIME = Path("/run")
    subprocess.run(["groupadd", "--force", "--system", GROUP], check=True)
    CLASS.mkdir(parents=True, exist_ok=True)
    os.chown(CLASS, 0, grp.getgrnam(GROUP).gr_gid)
    CLASS.chmod(0o751)  # others may pass through to their own, and list nothing


def short(name: str) -> str:
    """Return a name of at most 16 characters for accounts and folders, as readable as can be, for no two the same."""
    if re.fullmatch(r"[a-z][a-z0-9-]{0,15}", name) and not re.fullmatch(r".*-[0-9a-f]{8}", name):
        return name
    return f"{re.sub('[^a-z0-9]', '', name.lower())[:7]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


async def run(*command: str, **options: object) -> None:
    """Run a command without keeping the hub waiting. Raises RuntimeError, with what it said, where it fails."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {told.decode(errors='replace')[-500:]}")


async def account(name: str) -> pwd.struct_passwd:
    """Return a learner's account of the system, which is made where there is none."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        await run("useradd", "--create-home", "--key", "HOME_MODE=0700", "--shell", "/bin/bash", name)
        return pwd.getpwnam(name)


def folder_of(spawner: object, owner: pwd.struct_passwd | None) -> Path:
    """Return a learner's folder in the class's, which is made where there is none, with an empty file of progress."""
    folder = CLASS / spawner.user.name
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        progress = os.open(
            folder / "smtplab-progress.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600
        )
    except FileExistsError:  # the learner's, whatever its mode
        progress = None
    else:
        os.write(progress, EMPTY)
    if owner:
        group = grp.getgrnam(GROUP).gr_gid
        os.chown(folder, owner.pw_uid, group, follow_symlinks=False)
        folder.chmod(0o2750)  # what is written there is the teachers' to read
        if progress is not None:
            os.fchown(progress, owner.pw_uid, group)
            os.fchmod(progress, 0o640)
    if progress is not None:
        os.close(progress)
    return folder


async def prepare(spawner: object) -> None:
    """Before a server starts: account, folder, language and lessons. Nothing of the learner's is changed."""
    groups = {group.name for group in spawner.user.groups}
    lang = next((lang for lang in LANGUAGES if f"lang-{lang}" in groups), LANGUAGE)
    name = f"lab-{short(spawner.user.name)}"
    owner, rights = None, {}
    if not TRIAL:
        owner = await account(name)
        rights = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "umask": 0o027}
        spawner.username_template = name
        spawner.unit_name = f"smtplab-{name}"
        properties = {"RuntimeDirectory": name}
        if "teachers" in groups:
            properties["SupplementaryGroups"] = GROUP
        spawner.unit_extra_properties = {**spawner.unit_extra_properties, **properties}
    folder, runtime = folder_of(spawner, owner), RUNTIME / name
    if TRIAL:
        runtime.mkdir(mode=0o700, exist_ok=True)
    spawner.notebook_dir = str(folder)
    spawner.environment = {**spawner.environment, "SMTPLAB_LANG": lang, "JUPYTER_RUNTIME_DIR": str(runtime)}
    command = [sys.executable, "-P", "-m", "smtplab", "lessons", str(folder), "--lang", lang]
    if LESSONS:
        command += ["--only", LESSONS]
    try:  # as the learner: no link in the folder leads anywhere that she could not write herself
        await run(*command, cwd="/", **rights)
    except RuntimeError:  # a full disk, say: what is there can still be reached
        spawner.log.exception("The lessons of %s were not placed", spawner.user.name)


c.Spawner.pre_spawn_hook = prepare

# What stops idle servers -------------------------------------------------------------------------------------------

c.JupyterHub.services = [
    {
        "name": "idle",
        "command": [
            sys.executable, "-m", "jupyterhub_idle_culler",
            f"--timeout={SERVER_IDLE}", f"--cull-every={ACTIVITY}",
        ],
    }
]  # fmt: skip
c.JupyterHub.load_roles = [
    {
        "name": "idle",
        "services": ["idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
