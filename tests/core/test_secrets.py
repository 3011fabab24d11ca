"""What is sealed opens where it belongs, and nowhere else."""

import os
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from healthcode.core.secrets import Sealed, Unreadable, Vault

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
HERE = "residents.name_sealed:0195500c-3b45-7000-8000-000000000001"


@pytest.fixture
def vault() -> Vault:
    return Vault({"2026": NEW, "2025": OLD}, INDEX)


@pytest.fixture
def key(vault: Vault) -> bytes:
    return vault.unwrap(vault.new_person_key())


# A person's fields


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    key = os.urandom(32)
    assert Vault.open(Vault.seal(text, key=key, context=HERE), key=key, context=HERE).decode() == text


def test_a_sealed_value_shows_nothing_and_never_looks_the_same(key: bytes) -> None:
    values = {Vault.seal("张三", key=key, context=HERE) for _ in range(100)}
    assert len({value[1:13] for value in values}) == 100  # the nonces
    assert not any("张三".encode() in value for value in values)


@pytest.mark.parametrize(
    "elsewhere",
    [
        HERE.replace("0001", "0002"),  # another row
        HERE.replace("name", "phone"),  # another column
        HERE.replace("residents", "staff"),  # another table
        "",
    ],
)
def test_a_value_moved_elsewhere_does_not_open(key: bytes, elsewhere: str) -> None:
    sealed = Vault.seal("张三", key=key, context=HERE)
    with pytest.raises(Unreadable):
        Vault.open(sealed, key=key, context=elsewhere)


@pytest.mark.case("F21")
def test_every_flipped_bit_is_noticed(key: bytes) -> None:
    sealed = Vault.seal("350582199001011234", key=key, context=HERE)
    for bit in range(len(sealed) * 8):
        with pytest.raises(Unreadable):
            Vault.open(_flipped(sealed, bit), key=key, context=HERE)


def test_every_shortened_value_is_noticed(key: bytes) -> None:
    sealed = Vault.seal("350582199001011234", key=key, context=HERE)
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            Vault.open(sealed[:length], key=key, context=HERE)


def test_nobody_elses_key_opens_it(vault: Vault, key: bytes) -> None:
    sealed = Vault.seal("张三", key=key, context=HERE)
    with pytest.raises(Unreadable):
        Vault.open(sealed, key=vault.unwrap(vault.new_person_key()), context=HERE)


def test_a_failure_repeats_nothing(key: bytes) -> None:
    with pytest.raises(Unreadable) as failed:
        Vault.open(Vault.seal("张三", key=key, context=HERE), key=key, context="residents.name_sealed:other")
    error = failed.value
    assert (error.args, error.__cause__, error.__suppress_context__) == (
        ("a sealed value cannot be opened",),
        None,
        True,
    )


def test_text_that_is_not_unicode_is_refused_without_being_repeated(key: bytes) -> None:
    with pytest.raises(ValueError, match="surrogates") as failed:
        Vault.seal("张三\ud800", key=key, context=HERE)
    assert "张三" not in repr(failed.value)
    assert failed.value.__suppress_context__


# A person's key


def test_each_person_has_an_own_key_that_is_never_stored_bare(vault: Vault) -> None:
    wrapped = [vault.new_person_key() for _ in range(50)]
    keys = [vault.unwrap(one) for one in wrapped]
    assert len(set(keys)) == 50
    assert {len(one) for one in keys} == {32}
    assert not any(key in value for key, value in zip(keys, wrapped, strict=True))


def test_a_wrapped_key_with_a_flipped_bit_does_not_unwrap(vault: Vault) -> None:
    wrapped = vault.new_person_key()
    for bit in range(len(wrapped) * 8):
        with pytest.raises(Unreadable):
            vault.unwrap(_flipped(wrapped, bit))


def test_a_new_master_key_takes_over_without_touching_the_fields() -> None:
    before = Vault({"2025": OLD}, INDEX)
    wrapped = before.new_person_key()
    sealed = Vault.seal("张三", key=before.unwrap(wrapped), context=HERE)

    both = Vault({"2026": NEW, "2025": OLD}, INDEX)
    assert not both.is_newest(wrapped)
    moved = both.rewrap(wrapped)
    assert both.is_newest(moved)
    assert both.rewrap(moved) == moved  # the job may run again

    after = Vault({"2026": NEW}, INDEX)
    assert Vault.open(sealed, key=after.unwrap(moved), context=HERE).decode() == "张三"
    with pytest.raises(Unreadable):
        after.unwrap(wrapped)


def test_a_master_key_of_the_same_name_but_other_bytes_opens_nothing() -> None:
    wrapped = Vault({"2025": OLD}, INDEX).new_person_key()
    with pytest.raises(Unreadable):
        Vault({"2025": NEW}, INDEX).unwrap(wrapped)


@pytest.mark.parametrize("masters", [{}, {"": NEW}, {"Ä": NEW}, {"x" * 17: NEW}, {"a": b"short"}, {"a": NEW + b"!"}])
def test_a_vault_refuses_to_start_with_bad_master_keys(masters: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="keys"):
        Vault(masters, INDEX)


def test_a_vault_shows_no_key_when_it_is_printed(vault: Vault) -> None:
    assert "nnnn" not in repr(vault)
    assert "iiii" not in repr(vault)


# Values that belong to no person


def test_a_system_value_opens_for_its_purpose_and_place_only(vault: Vault) -> None:
    sealed = vault.seal_system(b"\x00pem", purpose="keyring", context="01")
    assert vault.open_system(sealed, purpose="keyring", context="01") == b"\x00pem"
    for purpose, context in (("totp", "01"), ("keyring", "02"), ("person-key", "")):
        with pytest.raises(Unreadable):
            vault.open_system(sealed, purpose=purpose, context=context)


@given(st.binary(max_size=80))
def test_no_bytes_from_elsewhere_open(noise: bytes) -> None:
    vault = Vault({"2026": NEW}, INDEX)
    for value in (noise, b"\x02\x042026" + noise, b"\x01" + noise):
        with pytest.raises(Unreadable):
            vault.open_system(value, purpose="keyring", context="")
        with pytest.raises(Unreadable):
            Vault.open(value, key=NEW, context="")


# Blind indexes


def test_equal_values_are_found_and_others_are_not(vault: Vault) -> None:
    found = vault.blind_index("identity-card", "350582199001011234")
    assert found == vault.blind_index("identity-card", "350582199001011234")
    assert len(found) == 32
    assert found != vault.blind_index("identity-card", "350582199001011235")
    assert found != vault.blind_index("phone", "350582199001011234")


def test_an_index_survives_a_new_master_key_but_not_another_index_key(vault: Vault) -> None:
    found = vault.blind_index("phone", "13800000000")
    assert Vault({"later": b"l" * 32}, INDEX).blind_index("phone", "13800000000") == found
    assert Vault({"2026": NEW}, b"j" * 32).blind_index("phone", "13800000000") != found


def test_an_index_does_not_fail_on_text_that_is_not_unicode(vault: Vault) -> None:
    assert len(vault.blind_index("phone", "\ud800")) == 32


# Fields of a model


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"
    keys: ClassVar[dict[str, bytes]] = {}

    id: Mapped[str] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    name = Sealed("name_sealed")
    phone = Sealed("phone_sealed")

    @property
    def data_key(self) -> bytes | None:
        return self.keys.get(self.id)


@pytest.fixture
def session() -> Session:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    Person.keys = {"1": os.urandom(32), "2": os.urandom(32)}
    return Session(engine)


def test_a_model_reads_its_sealed_field_as_text(session: Session) -> None:
    session.add(Person(id="1", name="张三"))
    session.commit()
    session.expunge_all()
    person = session.get_one(Person, "1")
    assert person.name == "张三"
    assert person.phone is None
    assert person.name_sealed is not None
    assert "张三".encode() not in person.name_sealed


def test_a_field_copied_to_another_row_or_column_does_not_open(session: Session) -> None:
    person = Person(id="1", name="张三")
    Person.keys["2"] = Person.keys["1"]  # even under the same key
    neighbour = Person(id="2", name_sealed=person.name_sealed, phone_sealed=person.name_sealed)
    person.phone_sealed = person.name_sealed
    for row, field in ((neighbour, "name"), (neighbour, "phone"), (person, "phone")):
        with pytest.raises(Unreadable):
            getattr(row, field)


def test_a_field_can_be_emptied(session: Session) -> None:
    person = Person(id="1", name="张三")
    person.name = None
    assert person.name_sealed is None
    assert person.name is None


def test_an_erased_person_reads_as_nothing_and_takes_nothing(session: Session) -> None:
    person = Person(id="1", name="张三")
    del Person.keys["1"]
    assert person.name is None
    with pytest.raises(Unreadable):
        person.name = "李四"


def test_a_field_cannot_be_sealed_before_the_row_has_an_id() -> None:
    person = Person()
    with pytest.raises(ValueError, match="id first"):
        person.name = "张三"


def _flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
