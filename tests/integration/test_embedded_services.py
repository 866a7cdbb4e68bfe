"""The embedded PostgreSQL and Valkey as their users meet them."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from alur.embedded import Embedded, EmbeddedError, services
from alur.embedded.binaries import postgres_program
from alur.embedded.house import open_house
from alur.embedded.locks import is_held_alone
from alur.settings import load

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a long path, spaces and quotes in it, below a closed folder."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    return closed / ("kantor 'dinas' \"$PATH\" " + "x" * 200) / "var"


@pytest.fixture(scope="module")
def embedded(data: Path) -> Iterator[Embedded]:
    """Both services in use."""
    with Embedded(data) as own:
        yield own


@pytest.fixture
def engine(embedded: Embedded) -> Iterator[sa.Engine]:
    """Connections as the login `alur`."""
    engine = sa.create_engine(embedded.database_url)
    yield engine
    engine.dispose()


def wait_until_kept_by_nobody(data: Path) -> None:
    """Return once the data folder's keeper has ended."""
    house = open_house(data)
    deadline = time.monotonic() + 20
    while is_held_alone(house.keeper_lock):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_login_is_no_superuser_and_takes_three_roles_by_set_role(engine: sa.Engine) -> None:
    """Row-level security is void for a superuser, so nobody is one at run time."""
    roles = ("alur_owner", "alur_engine", "alur_web")
    with engine.connect() as connection:
        row = connection.execute(
            sa.text("SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = :name"),
            {"name": "alur"},
        ).one()
        taken = []
        for role in roles:
            connection.exec_driver_sql(f"SET ROLE {role}")
            taken.append(connection.execute(sa.text("SELECT current_user::text")).scalar_one())
        connection.exec_driver_sql("RESET ROLE")
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.exec_driver_sql("SET ROLE postgres")
    assert tuple(row) == ("alur", False, False, False)
    assert tuple(taken) == roles


def test_the_owner_makes_tables_and_the_login_alone_does_not(engine: sa.Engine) -> None:
    """Migrations run after `SET ROLE alur_owner`; what that role owns is closed to the login without it."""
    with engine.begin() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.exec_driver_sql("CREATE TABLE stray (a int)")
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE alur_owner")
        connection.exec_driver_sql("CREATE TABLE owned (a int)")
    with engine.begin() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.exec_driver_sql("SELECT * FROM owned")


def test_the_cluster_has_the_settings_that_the_engine_relies_on(engine: sa.Engine) -> None:
    """Durable, in UTC, sorted by code point, with room for every process's connections."""
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_level": "replica",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "listen_addresses": "",
        "data_checksums": "on",
    }
    with engine.connect() as connection:
        found = {name: connection.execute(sa.text(f"SHOW {name}")).scalar_one() for name in expected}
        order = connection.execute(sa.text("SELECT array_agg(x ORDER BY x) FROM unnest(ARRAY['b','a','B','é']) x"))
        assert found == expected
        assert order.scalar_one() == ["B", "a", "b", "é"]


def test_valkey_keeps_what_it_holds_and_never_evicts(embedded: Embedded) -> None:
    """A wake-up that is evicted is a case that waits for the sweep."""
    with redis.Redis.from_url(embedded.redis_url) as client:
        found = {
            name: client.config_get(name)[name]
            for name in ("appendonly", "appendfsync", "maxmemory-policy", "port", "save")
        }
    assert found == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "port": "0",
        "save": "",
    }


def test_the_servers_do_not_inherit_the_users_environment(embedded: Embedded, data: Path) -> None:
    """It may hold keys, and PG* variables would change the server."""
    pid = int((open_house(data).folder("postgres") / "postmaster.pid").read_text().split()[0])
    names = {entry.partition(b"=")[0] for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if entry}
    assert names <= {b"PATH", b"LANG", b"TZ", b"HOME", b"PGLOCALEDIR"}


def test_dumping_with_the_wheels_own_program_works_over_the_socket(embedded: Embedded) -> None:
    """Backups use it."""
    url = sa.engine.make_url(embedded.database_url)
    command = [
        postgres_program("pg_dump"),
        "-h",
        url.query["host"],
        "-p",
        url.query["port"],
        "-U",
        "alur",
        "--role=alur_owner",
    ]
    dump = subprocess.run([*command, "alur"], capture_output=True, text=True, check=True)
    assert "PostgreSQL database dump complete" in dump.stdout


def test_only_what_has_no_url_is_started(tmp_path: Path) -> None:
    """With both URLs nothing is started; with one, the other service only."""
    given = {"ALUR_DATA": str(tmp_path / "var"), "ALUR_DATABASE_URL": "postgresql://db.example/alur"}
    with services(load(given | {"ALUR_REDIS_URL": "redis://queue.example"}, tmp_path)) as urls:
        assert (urls.database, urls.redis) == (
            "postgresql+psycopg://db.example/alur",
            "redis://queue.example",
        )
        assert not urls.embedded_database
        assert not (tmp_path / "var").exists()
    with services(load(given, tmp_path)) as urls:
        assert not urls.embedded_database
        with redis.Redis.from_url(urls.redis) as client:
            assert client.ping()
        assert not (tmp_path / "var" / "embedded" / "postgres").exists()
    wait_until_kept_by_nobody(tmp_path / "var")


def test_two_data_folders_have_services_of_their_own(embedded: Embedded, tmp_path: Path) -> None:
    """The same user works on two at once; stopping one leaves the other."""
    with Embedded(tmp_path / "var") as other:
        assert other.database_url != embedded.database_url
        with (
            redis.Redis.from_url(other.redis_url) as client,
            redis.Redis.from_url(embedded.redis_url) as ours,
        ):
            client.set("whose", "the other's")
            assert ours.get("whose") is None
    wait_until_kept_by_nobody(tmp_path / "var")
    with redis.Redis.from_url(embedded.redis_url) as ours:
        assert ours.ping()


def test_data_and_addresses_are_the_same_after_a_restart(tmp_path: Path) -> None:
    """Rows and keys are there again, also when pid files name a process of somebody else."""
    with Embedded(tmp_path / "var") as own:
        before = (own.database_url, own.redis_url)
        engine = sa.create_engine(before[0], poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL ROLE alur_owner")
            connection.exec_driver_sql("CREATE TABLE kept AS SELECT 7 AS a")
        with redis.Redis.from_url(before[1]) as client:
            client.set("kept", "7")
    wait_until_kept_by_nobody(tmp_path / "var")
    house = open_house(tmp_path / "var")
    pid_file = house.folder("postgres") / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n/elsewhere\n1\n5432\n/tmp\n\n1 1\nready\n")
    (house.run / "postgres").mkdir(parents=True)
    house.run.chmod(0o700)
    (house.run / "postgres" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    with Embedded(tmp_path / "var") as own:
        assert (own.database_url, own.redis_url) == before
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL ROLE alur_owner")
            assert connection.exec_driver_sql("SELECT a FROM kept").scalar_one() == 7
        with redis.Redis.from_url(before[1]) as client:
            assert client.get("kept") == b"7"
    wait_until_kept_by_nobody(tmp_path / "var")


def test_a_damaged_append_only_file_is_set_aside(tmp_path: Path) -> None:
    """Valkey refuses to start on it, and all that it held can be lost."""
    with Embedded(tmp_path / "var", postgres=False):
        pass
    wait_until_kept_by_nobody(tmp_path / "var")
    folder = open_house(tmp_path / "var").folder("valkey")
    (folder / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    with Embedded(tmp_path / "var", postgres=False) as own, redis.Redis.from_url(own.redis_url) as client:
        assert client.ping()
    assert len(list(folder.glob("appendonlydir.damaged-*"))) == 1
    wait_until_kept_by_nobody(tmp_path / "var")


def test_a_cluster_that_cannot_start_is_an_error_with_the_logs_tail(tmp_path: Path) -> None:
    """The person reads what PostgreSQL said, instead of waiting for a minute."""
    with Embedded(tmp_path / "var", valkey=False):
        pass
    wait_until_kept_by_nobody(tmp_path / "var")
    (open_house(tmp_path / "var").folder("postgres") / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match="could not find the database system") as caught:
        Embedded(tmp_path / "var", valkey=False).__enter__()
    assert caught.value.code == "embedded_failed"
    assert "postgres failed to start 4 times" in str(caught.value)


def test_addresses_are_known_only_while_in_use(tmp_path: Path) -> None:
    """An address outside of the context would be one of a server that may stop any moment."""
    with pytest.raises(EmbeddedError) as caught:
        _ = Embedded(tmp_path / "var").database_url
    assert caught.value.code == "embedded_not_entered"


def test_pgport_of_the_user_does_not_mislead(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    """libpq takes the port, which names the socket, from the environment unless the address has it."""
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGHOST", "db.example")
    engine = sa.create_engine(embedded.database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert json.loads(connection.exec_driver_sql("SELECT to_json(1)::text").scalar_one()) == 1
