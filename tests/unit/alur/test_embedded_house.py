"""The folders of the embedded services are ours, closed to others, and found again."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from alur.embedded.errors import EmbeddedError
from alur.embedded.house import open_house, own_folder


def test_the_folders_are_closed_to_other_users(tmp_path: Path) -> None:
    """A new data folder and the services' folder in it have mode 0700."""
    house = open_house(tmp_path / "a" / "var")
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (house.data, house.root)] == [0o700, 0o700]


def test_the_socket_path_is_short_however_long_the_data_path_is(tmp_path: Path) -> None:
    """A socket's path has room for 107 bytes."""
    house = open_house(tmp_path / ("x" * 200) / ("y" * 200))
    assert len(str(house.socket("postgres"))) < 80


def test_the_same_folder_has_the_same_sockets_by_any_path_and_tmpdir(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All processes of a data folder must meet: through a link, after a move, with another TMPDIR."""
    run = open_house(tmp_path / "var").run
    (tmp_path / "link").symlink_to(tmp_path / "var")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert open_house(tmp_path / "link").run == run
    (tmp_path / "link").unlink()
    (tmp_path / "var").rename(tmp_path / "moved")
    assert open_house(tmp_path / "moved").run == run


def test_a_copy_and_a_new_folder_at_the_same_path_have_other_sockets(tmp_path: Path) -> None:
    """Else they would meet the servers of the original."""
    run = open_house(tmp_path / "var").run
    shutil.copytree(tmp_path / "var", tmp_path / "copy")
    copied = open_house(tmp_path / "copy").run
    shutil.rmtree(tmp_path / "var")
    again = open_house(tmp_path / "var").run
    assert len({run, copied, again}) == 3


def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    """Another user could have put a server of theirs in it."""
    tmp_path.chmod(0o711)
    with pytest.raises(EmbeddedError) as caught:
        own_folder(tmp_path)
    assert caught.value.code == "folder_open_to_others"


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A link in a folder that all may write to leads wherever its maker wants."""
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(EmbeddedError) as caught:
        own_folder(tmp_path / "link")
    assert caught.value.code == "folder_not_ours"


def test_a_folder_of_another_user_is_refused_by_id(tmp_path: Path) -> None:
    """Also for root, whose servers would write into somebody else's data."""
    theirs = Path("/")
    if os.geteuid() == 0:
        theirs = tmp_path / "theirs"
        theirs.mkdir(mode=0o700)
        os.chown(theirs, 12345, 12345)
    with pytest.raises(EmbeddedError, match=f"belongs to user id {theirs.stat().st_uid}") as caught:
        own_folder(theirs)
    assert caught.value.code == "folder_not_ours"


def test_an_unusable_data_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "var").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be used") as caught:
        open_house(tmp_path / "var")
    assert caught.value.code == "data_folder_unusable"
