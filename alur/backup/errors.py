"""Why a backup is not made or not restored."""

from __future__ import annotations

from workflow.errors import AlurError


class BackupError(AlurError):
    """A backup cannot be made or restored; the sentence says what to do."""

    code = "backup"


class NotABackupError(BackupError):
    """The file is no whole backup, or was changed."""

    code = "backup_damaged"


class NewerBackupError(BackupError):
    """The backup was made by a newer version."""

    code = "backup_newer"


class OtherKeysError(BackupError):
    """The data key or the key safe is not the one that belongs to the backup."""

    code = "backup_keys"


class HouseInUseError(BackupError):
    """Somebody still works with the database."""

    code = "house_in_use"


class HouseNotEmptyError(BackupError):
    """There is something that a restore would overwrite."""

    code = "house_not_empty"
