"""The commands, as an operator types them."""

import base64
import json
import os

import pytest
from click.testing import CliRunner

from healthcode.core.db import db
from healthcode.doors.cli import main
from tests.conftest import INDEX_KEY, MASTER_KEYS


@pytest.fixture
def run(database, keys, tmp_path, monkeypatch):
    """`run("trail", "verify")` with the settings of a small city in the environment, as a deployment has them."""
    import shutil

    shutil.copytree(keys, tmp_path / "keys")
    for name in [name for name in os.environ if name.startswith("HEALTHCODE_")]:
        monkeypatch.delenv(name)
    settings = {
        "DATABASE_URL": database,
        "FOLDER": str(tmp_path),
        "MASTER_KEYS": ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in MASTER_KEYS.items()),
        "INDEX_KEY": base64.b64encode(INDEX_KEY).decode(),
        "ENVIRONMENT": "test",
        "ARGON2_MEMORY_KIB": "64",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"HEALTHCODE_{name}", value)

    def call(*words: str):
        return CliRunner().invoke(main, list(words), catch_exceptions=False)

    return call


def test_a_town_is_planted_once(run):
    planted = run("seed", "--residents", "300")
    assert planted.exit_code == 0, planted.output
    assert "jinjiang is planted" in planted.output
    again = run("seed", "--residents", "300")
    assert again.exit_code == 1
    assert "already" in again.output


def test_nobody_invented_comes_into_production_by_mistake(run, monkeypatch):
    monkeypatch.setenv("HEALTHCODE_ENVIRONMENT", "production")
    monkeypatch.setenv("HEALTHCODE_PUBLIC_URL", "https://code.example")
    refused = run("seed", "--residents", "10")
    assert refused.exit_code == 1
    assert "invented" in refused.output
    meant = run("seed", "--residents", "10", "--invented-people-in-production")
    assert meant.exit_code == 0, meant.output


def test_planted_people_are_found_by_their_documents_and_sign_in(run, tmp_path):
    run("seed", "--residents", "100")
    from healthcode.core.db import transaction
    from healthcode.doors.cli.house import service
    from healthcode.registry.residents import service as residents
    from seeds import load_town

    wang = load_town("jinjiang").person("wang-xiuying")
    app = service()
    with app.app_context():
        with transaction("read"):
            found = residents.holder_of(kind=wang.documents[0].kind, number=wang.documents[0].number)
            assert found is not None
            assert (found.name, found.birth_date) == (wang.name, wang.birth_date)
            assert found.phone_index == residents.index_of_phone(wang.phone)
        logins = json.loads((tmp_path / "logins.json").read_text())
        assert {login["role"] for login in logins} >= {"clerk", "doctor", "auditor"}
        assert oct((tmp_path / "logins.json").stat().st_mode)[-3:] == "600"
        clerk = next(login for login in logins if login["role"] == "clerk")
        from healthcode.core import clock
        from healthcode.trust.sessions import totp

        secret = base64.b32decode(clerk["totp"] + "=" * (-len(clerk["totp"]) % 8))
        answer = app.test_client().post(
            "/api/v1/staff-sessions",
            json={
                "username": clerk["username"],
                "password": clerk["password"],
                "totp": totp.digits_at(secret, clock.epoch() // 30),
                "transport": "bearer",
            },
        )
        assert answer.status_code == 201, answer.json
        db.engine.dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_digits_of_planted_staff_are_told_and_in_production_of_nobody(run, tmp_path, monkeypatch):
    from healthcode.core import clock
    from healthcode.trust.sessions import totp

    assert "nobody" in run("digits", "nobody").output
    login = {"username": "xu", "password": "-", "totp": totp.as_text(bytes(range(20))), "role": "doctor"}
    (tmp_path / "logins.json").write_text(json.dumps([login]))
    clock.freeze(clock.now())
    try:
        told = run("digits", "xu").output.split()[0]
        assert told == totp.digits_at(bytes(range(20)), clock.epoch() // totp.STEP_SECONDS)
    finally:
        clock.thaw()
    monkeypatch.setenv("HEALTHCODE_ENVIRONMENT", "production")
    monkeypatch.setenv("HEALTHCODE_PUBLIC_URL", "https://code.example.org")
    refused = run("digits", "xu")
    assert refused.exit_code == 1
    assert told not in refused.output


def test_the_doctor_says_what_is_wrong(run, tmp_path):
    well = run("doctor")
    # A test's PostgreSQL runs without fsync, and the doctor sees it.
    assert well.exit_code == (1 if "postgresql" in os.environ["HEALTHCODE_DATABASE_URL"] else 0), well.output
    with (tmp_path / "checkpoints.jsonl").open("w") as out:
        out.write(json.dumps({"size": 999, "root": "00" * 32, "signed": "x"}) + "\n")
    ill = run("doctor")
    assert ill.exit_code == 1
    assert "older copy" in ill.output


def test_a_wrong_setting_is_told_in_a_sentence(run, monkeypatch):
    monkeypatch.setenv("HEALTHCODE_CITY", "jinjiang")
    monkeypatch.setenv("HEALTHCODE_MISSPELT", "1")
    told = run("doctor")
    assert told.exit_code == 1
    assert (
        "HEALTHCODE_CITY must be one or two capital letters" in told.output
        or "MISSPELT is not a setting" in told.output
    )


def test_a_lock_is_given_up_before_its_statement(run, monkeypatch):
    monkeypatch.setenv("HEALTHCODE_LOCK_TIMEOUT_MS", "2000")
    assert "HEALTHCODE_LOCK_TIMEOUT_MS must be less than HEALTHCODE_STATEMENT_TIMEOUT_MS" in run("doctor").output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value", "least"),
    [
        ("ACCESS_TOKEN_SECONDS", "0", 1),
        ("REFRESH_TOKEN_DAYS", "0", 1),
        ("STAFF_IDLE_SECONDS", "-1", 1),
        ("POOL_SIZE", "0", 1),
        ("RATE_FACTOR", "0", 1),
        ("ARGON2_MEMORY_KIB", "7", 8),
        ("TRUSTED_PROXIES", "-1", 0),
        ("OTP_DAILY_BUDGET_FEN", "-5", 0),
        ("OTP_PRICE_FEN", "-5", 0),
        ("STATEMENT_TIMEOUT_MS", "-1", 0),
        ("LOCK_TIMEOUT_MS", "0", 1),
    ],
)
def test_a_count_that_cannot_be_one_is_told_in_a_sentence(run, monkeypatch, name, value, least):
    monkeypatch.setenv(f"HEALTHCODE_{name}", value)
    told = run("doctor")
    assert told.exit_code == 1
    assert f"HEALTHCODE_{name} must be at least {least}" in told.output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", [None, "http://code.example.org", "code.example.org", "https://"])
def test_production_is_reached_by_https_alone(run, monkeypatch, address):
    """Else cookies would be sent unencrypted."""
    monkeypatch.setenv("HEALTHCODE_ENVIRONMENT", "production")
    if address:
        monkeypatch.setenv("HEALTHCODE_PUBLIC_URL", address)
    assert "HEALTHCODE_PUBLIC_URL must begin with https:// in production" in run("doctor").output
    monkeypatch.setenv("HEALTHCODE_PUBLIC_URL", "https://code.example.org")
    assert run("doctor").exit_code == 0


@pytest.mark.parametrize("command", ["doctor", "serve", "work"])
def test_a_provider_that_is_not_installed_is_told_in_a_sentence(run, monkeypatch, command):
    monkeypatch.setenv("HEALTHCODE_ENVIRONMENT", "production")
    monkeypatch.setenv("HEALTHCODE_PUBLIC_URL", "https://code.example")
    monkeypatch.setenv("HEALTHCODE_SMS", "city-messages")
    told = run(command)
    assert told.exit_code == 1
    assert "HEALTHCODE_SMS=city-messages: no installed package has a provider of this name" in told.output


@pytest.mark.parametrize("name", ["City", "city messages", "-", "城市"])
def test_a_providers_name_is_in_small_letters(run, monkeypatch, name):
    monkeypatch.setenv("HEALTHCODE_SMS", name)
    told = run("doctor")
    assert told.exit_code == 1
    assert "HEALTHCODE_SMS must be development, none, or a provider's name in small letters" in told.output


def test_the_trail_is_verified_and_the_broken_row_named(run):
    from sqlalchemy import select, text, update

    from healthcode.core import trail
    from healthcode.core.caller import by_itself
    from healthcode.core.db import APPEND_ONLY, transaction
    from healthcode.core.sealing import TrailLeaf
    from healthcode.core.trail import TrailRow
    from healthcode.doors.cli.house import service

    with service().app_context():
        with transaction():
            for row in range(5):
                trail.record(by_itself("test"), door="codes.verify", request_id=str(row), outcome="opened", status=200)
        assert "5 rows sealed" in run("trail", "seal").output
        assert run("trail", "verify").exit_code == 0
        with transaction() as current:
            victim = current.scalar(select(TrailLeaf.trail_id).where(TrailLeaf.position == 3))
        proof = run("trail", "prove", str(victim))
        assert json.loads(proof.output)["position"] == 3
        with transaction() as current:
            if db.engine.dialect.name == "sqlite":
                for name in APPEND_ONLY:
                    current.execute(text(f"DROP TRIGGER IF EXISTS {name}_no_update"))
            else:
                current.execute(text("SET LOCAL session_replication_role = replica"))
            current.execute(update(TrailRow).where(TrailRow.id == victim).values(outcome="failed"))
        broken = run("trail", "verify")
        assert broken.exit_code == 1
        assert "place 3 was changed" in broken.output
        db.session.remove()
        db.engine.dispose()


@pytest.mark.case("K2")
def test_keys_are_listed_rotated_and_retired(run):
    assert "standby" in run("keys", "list").output
    early = run("keys", "rotate", "pass")
    assert early.exit_code == 1
    assert "8 days" in early.output
    assert "signs for pass from now on" in run("keys", "rotate", "pass", "--at-once").output
    assert run("keys", "new", "card").exit_code == 0
    assert "counts for nothing" in run("keys", "retire", "01", "--leaked").output


def test_the_worker_does_what_is_due_and_ends(run):
    assert run("work", "--once").exit_code == 0
    assert run("migrate").exit_code == 0
