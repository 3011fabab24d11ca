"""One key per purpose, replaced before it is needed, and never mistaken for another."""

import json
import multiprocessing
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from healthcode.core import clock, p256
from healthcode.core.keyring import (
    CODE_USES,
    USES,
    Key,
    KeyNotForUse,
    KeyNotInForce,
    Keyring,
    KeyringDamaged,
    KidsExhausted,
    StandbyTooYoung,
    UnknownKey,
    verify_raw,
)
from healthcode.core.secrets import Vault

START = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    clock.freeze(START)
    yield
    clock.thaw()


@pytest.fixture
def vault() -> Vault:
    return Vault({"2026": b"n" * 32}, b"i" * 32)


@pytest.fixture
def ring(tmp_path: Path, vault: Vault) -> Keyring:
    ring = Keyring(tmp_path / "keys", vault)
    ring.ensure()
    return ring


def states(ring: Keyring, use: str) -> list[str]:
    return sorted(key["status"] for key in ring.published() if key["use"] == use)


# What is there


def test_every_use_has_a_key_that_signs_and_one_that_waits(ring: Keyring) -> None:
    assert {use: states(ring, use) for use in USES} == {use: ["active", "standby"] for use in USES}


def test_making_what_is_missing_twice_makes_nothing_twice(ring: Keyring) -> None:
    before = ring.published()
    ring.ensure()
    assert ring.published() == before


@pytest.mark.case("Q9")
def test_the_kids_of_codes_are_single_bytes_and_no_two_keys_share_one(ring: Keyring) -> None:
    for _ in range(20):
        for use in CODE_USES:
            ring.rotate(use, at_once=True)
    kids = [key["kid"] for key in ring.published()]
    assert len(kids) == len(set(kids))
    codes = [key["kid"] for key in ring.published() if key["use"] in CODE_USES]
    assert sorted(codes) == [f"{number:02x}" for number in range(1, 3 * 22 + 1)]
    assert ring.signer("pass").kid_bytes == bytes.fromhex(ring.signer("pass").kid)


@pytest.mark.case("Q9")
def test_a_kid_is_not_given_again_after_its_file_was_lost(ring: Keyring, tmp_path: Path, vault: Vault) -> None:
    lost = ring.new("card").kid
    (tmp_path / "keys" / f"{lost}.json").unlink()
    again = Keyring(tmp_path / "keys", vault)
    assert again.new("card").kid == f"{int(lost, 16) + 1:02x}"


def test_the_last_byte_is_the_last(ring: Keyring, tmp_path: Path) -> None:
    (tmp_path / "keys" / "last-code-kid").write_text("fe")
    assert ring.new("card").kid == "ff"
    with pytest.raises(KidsExhausted):
        ring.new("card")


def test_what_is_published_holds_no_private_half(ring: Keyring) -> None:
    ring.rotate("pass", at_once=True)
    for key in ring.published():
        assert set(key) == {"kid", "use", "alg", "kty", "crv", "x", "y", "nbf", "exp", "status"}
        assert (key["alg"], key["kty"], key["crv"]) == ("ES256", "EC", "P-256")
        assert type(key["nbf"]) is type(key["exp"]) is int
        public = p256.load_jwk({name: key[name] for name in ("kty", "crv", "x", "y")})
        assert public == ring.verifier(key["kid"], key["use"], START).public


def test_what_is_signed_verifies_with_what_is_published(ring: Keyring) -> None:
    for use in USES:
        signature = ring.sign_raw(use, b"data")
        signer = next(key for key in ring.published() if (key["use"], key["status"]) == (use, "active"))
        public = p256.load_jwk({name: signer[name] for name in ("kty", "crv", "x", "y")})
        assert verify_raw(public, signature, b"data")
        assert not verify_raw(public, signature, b"Data")


# Asking for a key


@pytest.mark.case("Q10", "Q9")
def test_a_key_verifies_for_its_own_use_only(ring: Keyring) -> None:
    for made in USES:
        for asked in USES:
            kid = ring.signer(made).kid
            if made == asked:
                assert ring.verifier(kid, asked, START).use == asked
            else:
                with pytest.raises(KeyNotForUse):
                    ring.verifier(kid, asked, START)


@pytest.mark.case("Q8")
@pytest.mark.parametrize(
    "kid",
    ["", "00", "ff", "1", "001", "0A ", "01\n", "../01", "../../dev/null", "lock", "last-code-kid", "01.json", "01\x00",
     "' or 1=1 --", "０１", "x" * 10_000, b"", b"\x00", b"\x01\x01", b"01", b"/", b"\x01" * 10_000],
)  # fmt: skip
def test_a_kid_that_was_never_given_finds_nothing(ring: Keyring, kid: str | bytes) -> None:
    with pytest.raises(UnknownKey):
        ring.verifier(kid, "pass", START)


def test_a_one_byte_kid_is_found_as_byte_and_as_text(ring: Keyring) -> None:
    key = ring.signer("pass")
    assert ring.verifier(key.kid_bytes, "pass", START) == ring.verifier(key.kid, "pass", START) == key


@pytest.mark.case("Q9")
def test_a_key_counts_only_between_its_dates(ring: Keyring) -> None:
    key = ring.signer("ticket")
    instant = timedelta(microseconds=1)
    assert ring.verifier(key.kid, "ticket", key.not_before)
    assert ring.verifier(key.kid, "ticket", key.expires - instant)
    for outside in (key.not_before - instant, key.expires):
        with pytest.raises(KeyNotInForce):
            ring.verifier(key.kid, "ticket", outside)


def test_a_key_past_its_end_signs_no_more_and_is_complained_about_a_year_before(ring: Keyring) -> None:
    assert ring.complaints() == []
    end = ring.signer("ticket").expires
    clock.freeze(end - timedelta(days=364))
    assert any("ticket" in told for told in ring.complaints())
    clock.freeze(end)
    with pytest.raises(KeyNotInForce):
        ring.signer("ticket")


# Rotation


def test_a_standby_waits_eight_days_before_it_signs(ring: Keyring) -> None:
    clock.advance(days=8, seconds=-1)
    with pytest.raises(StandbyTooYoung):
        ring.rotate("pass")
    clock.advance(seconds=1)
    ring.rotate("pass")


@pytest.mark.case("K2")
def test_a_rotation_surprises_nobody_who_was_offline_for_a_week(ring: Keyring) -> None:
    clock.advance(days=1)
    known_offline = {key["kid"] for key in ring.published()}
    clock.advance(days=7)
    before, rotated = ring.signer("pass"), ring.rotate("pass")
    assert rotated.kid != before.kid
    assert ring.signer("pass") == rotated
    assert rotated.kid in known_offline
    assert states(ring, "pass") == ["active", "retired", "standby"]


@pytest.mark.case("K2")
def test_no_certificate_fetched_ahead_is_refused_after_a_rotation(ring: Keyring) -> None:
    clock.advance(days=8)
    old, fetched = ring.signer("pass"), clock.now()
    ring.rotate("pass")
    for hours in range(24 * 8 + 1):  # seven days ahead, each certificate good for a day
        assert ring.verifier(old.kid, "pass", fetched + timedelta(hours=hours)).public == old.public
    with pytest.raises(KeyNotInForce):
        ring.verifier(old.kid, "pass", fetched + timedelta(days=9))


def test_a_card_outlives_the_key_that_signed_it_and_a_receipt_its_decade(ring: Keyring) -> None:
    card, trail = ring.signer("card"), ring.signer("trail")
    ring.rotate("card", at_once=True)
    ring.rotate("trail", at_once=True)
    later = START + timedelta(days=3653)
    assert ring.verifier(card.kid, "card", later).state == "retired"
    assert ring.verifier(trail.kid, "trail", later).state == "retired"


@pytest.mark.case("Q9")
def test_a_retired_key_is_published_for_verifying_and_cannot_sign(ring: Keyring, tmp_path: Path, vault: Vault) -> None:
    old = ring.signer("token")
    ring.rotate("token", at_once=True)
    for holder in (ring, Keyring(tmp_path / "keys", vault)):
        retired = holder.verifier(old.kid, "token", START)
        assert (retired.state, retired.private) == ("retired", None)
        with pytest.raises(KeyNotInForce):
            holder.sign_raw(retired, b"data")
        assert old.kid in {key["kid"] for key in holder.published()}
    clock.advance(days=1)
    with pytest.raises(KeyNotInForce):
        ring.verifier(old.kid, "token", clock.now())


def test_a_rotation_cut_short_is_healed(
    ring: Keyring, tmp_path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(days=8)
    written = []

    class PowerCut(Exception):
        pass

    def once(self: Keyring, key: Key, write: object = Keyring._write) -> None:
        if written:
            raise PowerCut
        written.append(key.kid)
        write(self, key)  # type: ignore[operator]

    with monkeypatch.context() as broken:
        broken.setattr(Keyring, "_write", once)
        with pytest.raises(PowerCut):
            ring.rotate("pass")
    survivor = Keyring(tmp_path / "keys", vault)
    assert states(survivor, "pass") == ["active", "active"]
    assert [survivor.signer("pass").kid] == written  # somebody can sign meanwhile, and it is the new one
    survivor.ensure()
    assert states(survivor, "pass") == ["active", "retired", "standby"]
    assert [survivor.signer("pass").kid] == written


@pytest.mark.case("K1")
def test_nothing_that_a_leaked_key_signed_counts_whenever_it_was_signed(ring: Keyring) -> None:
    leaked, standby = ring.signer("pass"), next(k["kid"] for k in ring.published() if k["status"] == "standby")
    clock.advance(days=3)
    ring.retire(leaked.kid, leaked=True)
    assert ring.signer("pass").kid == standby  # known to every scanner already
    assert states(ring, "pass") == ["active", "retired", "standby"]
    for moment in (START - timedelta(days=1), START, leaked.not_before, clock.now(), clock.now() + timedelta(days=1)):
        with pytest.raises(KeyNotInForce):
            ring.verifier(leaked.kid, "pass", moment)
    told = next(key for key in ring.published() if key["kid"] == leaked.kid)
    assert (told["status"], told["exp"]) == ("retired", told["nbf"])


@pytest.mark.case("K1")
def test_a_leak_found_after_retirement_still_counts(ring: Keyring) -> None:
    old = ring.signer("card")
    ring.rotate("card", at_once=True)
    assert ring.verifier(old.kid, "card", START)
    ring.retire(old.kid, leaked=True)
    with pytest.raises(KeyNotInForce):
        ring.verifier(old.kid, "card", START)


def test_a_leaked_standby_is_replaced(ring: Keyring) -> None:
    signer = ring.signer("lists")
    standby = next(key["kid"] for key in ring.published() if (key["use"], key["status"]) == ("lists", "standby"))
    ring.retire(standby, leaked=True)
    assert ring.signer("lists") == signer
    assert states(ring, "lists") == ["active", "retired", "standby"]


def test_retiring_a_key_that_is_not_there_is_said(ring: Keyring) -> None:
    with pytest.raises(UnknownKey):
        ring.retire("ff")


# The folder


def test_nobody_but_the_service_may_read_the_files(ring: Keyring, tmp_path: Path) -> None:
    for file in (tmp_path / "keys").glob("*.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "PRIVATE" not in file.read_text()
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_the_keys_are_the_same_after_a_restart(ring: Keyring, tmp_path: Path, vault: Vault) -> None:
    again = Keyring(tmp_path / "keys", vault)
    assert again.published() == ring.published()
    assert verify_raw(ring.signer("pass").public, again.sign_raw("pass", b"data"), b"data")


def test_another_master_key_opens_no_keyring(ring: Keyring, tmp_path: Path) -> None:
    with pytest.raises(KeyringDamaged):
        Keyring(tmp_path / "keys", Vault({"2026": b"x" * 32}, b"i" * 32))


def test_keys_move_to_a_new_master_key(ring: Keyring, tmp_path: Path) -> None:
    ring.rotate("pass", at_once=True)
    both = Keyring(tmp_path / "keys", Vault({"2027": b"m" * 32, "2026": b"n" * 32}, b"i" * 32))
    both.ensure()
    after = Keyring(tmp_path / "keys", Vault({"2027": b"m" * 32}, b"i" * 32))
    assert after.published() == ring.published()
    assert verify_raw(ring.signer("card").public, after.sign_raw("card", b"data"), b"data")


@pytest.mark.case("F21")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "active"),
        ("use", "card"),
        ("alg", "none"),
        ("kid", "02"),
        ("expires", "2999-01-01T00:00:00+00:00"),
        ("not_before", "1999-01-01T00:00:00+00:00"),
        ("public", p256.public_jwk(p256.generate().public_key())),
        ("sealed", "AAAA"),
        ("more", "fields"),
    ],
)
def test_a_changed_file_is_noticed(ring: Keyring, tmp_path: Path, vault: Vault, name: str, value: object) -> None:
    file = tmp_path / "keys" / f"{ring.retire(ring.signer('pass').kid, leaked=True).kid}.json"
    record = json.loads(file.read_text())
    assert record.get(name) != value
    file.write_text(json.dumps(record | {name: value}))
    with pytest.raises(KeyringDamaged) as damaged:
        Keyring(tmp_path / "keys", vault)
    assert str(damaged.value) == f"{file.name} is not as it was written"


def test_a_file_renamed_to_another_kid_is_noticed(ring: Keyring, tmp_path: Path, vault: Vault) -> None:
    folder = tmp_path / "keys"
    (folder / "7f.json").write_bytes((folder / "01.json").read_bytes())
    with pytest.raises(KeyringDamaged):
        Keyring(folder, vault)


@pytest.mark.parametrize(
    "harm", [lambda file: file.write_text("{}"), lambda file: file.parent.rename(f"{file.parent}-gone")]
)
def test_a_running_process_goes_on_with_the_keys_it_knows(
    ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], object]
) -> None:
    signer = ring.signer("pass")
    harm(tmp_path / "keys" / f"{signer.kid}.json")
    monkeypatch.setattr(clock, "ticks", lambda: 1e9)
    assert ring.signer("pass") == signer


def test_a_rotation_elsewhere_is_seen_within_a_second(
    ring: Keyring, tmp_path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    elapsed = 1e9
    monkeypatch.setattr(clock, "ticks", lambda: elapsed)
    before = ring.signer("pass")
    rotated = Keyring(tmp_path / "keys", vault).rotate("pass", at_once=True)
    assert ring.signer("pass") == before
    elapsed += 1
    assert ring.signer("pass") == rotated


def _ensure_in_another_process(folder: Path, moment: datetime) -> None:
    clock.freeze(moment)
    Keyring(folder, Vault({"2026": b"n" * 32}, b"i" * 32)).ensure()


def test_many_processes_may_begin_at_once(tmp_path: Path, vault: Vault) -> None:
    spawn = multiprocessing.get_context("fork")
    starting = [spawn.Process(target=_ensure_in_another_process, args=(tmp_path / "keys", START)) for _ in range(6)]
    for process in starting:
        process.start()
    for process in starting:
        process.join(30)
    assert [process.exitcode for process in starting] == [0] * 6
    ring = Keyring(tmp_path / "keys", vault)
    assert {use: states(ring, use) for use in USES} == {use: ["active", "standby"] for use in USES}
    assert sorted(key["kid"] for key in ring.published() if key["use"] in CODE_USES) == [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
    ]


# Raw signatures


@pytest.mark.case("Q6", "Q7")
def test_only_the_strict_form_of_a_signature_is_taken() -> None:
    private, data = p256.generate(), b"data"
    good = p256.sign(private, data)
    public = private.public_key()
    assert verify_raw(public, good, data)
    order = p256._ORDER
    zero, whole = bytes(32), order.to_bytes(32, "big")
    der = private.sign(data, ec.ECDSA(hashes.SHA256()))
    beyond = (int.from_bytes(good[:32], "big") + order) % 2**256
    for bad in (
        b"", good[:63], good + b"\x00", b"\x00" + good, der, bytes(64), zero + good[32:], good[:32] + zero,
        whole + good[32:], good[:32] + whole, b"\xff" * 64, good[32:] + good[:32],
        good[:32] + b"\x00" + good[32:],
        beyond.to_bytes(32, "big") + good[32:], good * 1000,
    ):  # fmt: skip
        assert not verify_raw(public, bad, data)


def test_every_flipped_bit_of_a_signature_is_noticed() -> None:
    private = p256.generate()
    good = p256.sign(private, b"data")
    for bit in range(512):
        bad = (int.from_bytes(good, "big") ^ 1 << bit).to_bytes(64, "big")
        assert not verify_raw(private.public_key(), bad, b"data")


@pytest.mark.case("Q7")
def test_a_key_on_another_curve_verifies_nothing() -> None:
    private = ec.generate_private_key(ec.SECP256K1())
    der = private.sign(b"data", ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    private.public_key().verify(der, b"data", ec.ECDSA(hashes.SHA256()))  # a good signature, of the wrong curve
    assert not verify_raw(private.public_key(), r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"data")
