"""Who the servers run as. PostgreSQL refuses root, and no server that parses requests should be root."""

import ctypes
import os
import pwd
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

from alur.embedded.errors import EmbeddedError
from alur.embedded.leash import check

SERVICE_USER = "nobody"

_PR_SET_SECUREBITS = 28
_SECBIT_NO_SETUID_FIXUP = 4
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2
_CAP_SETPCAP = 8  # needed to set the bit above

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The user that servers run as when we are root."""

    #: Its user id.
    uid: int
    #: Its group id.
    gid: int

    def own(self, folder: Path) -> None:
        """Give `folder` itself, not its content, to this user."""
        os.chown(folder, self.uid, self.gid)

    def assume(self, capability: int | None) -> None:
        """Become this user for good, keeping one capability or none; called in a new child."""
        if capability is not None:
            # Else the kernel takes capabilities away on setuid and within access(2), which initdb uses.
            check(_libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
        os.setgroups([])
        os.setresgid(self.gid, self.gid, self.gid)
        os.setresuid(self.uid, self.uid, self.uid)
        if capability is not None:
            _keep_only(capability)

    def capability_for(self, program: Path) -> int | None:
        """The one capability that this user needs to execute `program`: none where all above it is open.

        Below a closed folder (a checkout in /root, an umask of 077) it is the narrowest that we have of
        CAP_DAC_READ_SEARCH and CAP_DAC_OVERRIDE: capabilities(7). A container's root often has only that.
        """
        if all(self._may_execute(path) for path in (program, *program.parents)):
            return None
        enough = (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE) if self._may_execute(program) else (_CAP_DAC_OVERRIDE,)
        ours = _permitted()
        return next((capability for capability in enough if ours >> capability & ours >> _CAP_SETPCAP & 1), None)

    def _may_execute(self, path: Path) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def service_identity() -> Identity | None:
    """Who servers run as: the user `nobody` when we are root, otherwise ourselves (None)."""
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam(SERVICE_USER)
    except KeyError as error:
        raise EmbeddedError("no_service_user", f"There is no user {SERVICE_USER} to run PostgreSQL as.") from error
    return Identity(uid=found.pw_uid, gid=found.pw_gid)


def _permitted() -> int:
    text = Path("/proc/self/status").read_text()
    return int(text.split("CapPrm:")[1].split()[0], 16)


def _keep_only(capability: int) -> None:
    bit = 1 << capability
    head = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    sets = ctypes.create_string_buffer(struct.pack("=6I", bit, bit, bit, 0, 0, 0))
    check(_libc.capset(head, sets))
    check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0))
