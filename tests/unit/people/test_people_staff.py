"""Staff: names, roles, epochs."""

import pytest

from db.session import Database
from people import passwords, staff
from people.staff import NewStaff


def test_a_password_is_good_only_as_it_was_set() -> None:
    kept = passwords.hashed("correct horse battery")
    assert passwords.check(kept, "correct horse battery").good
    assert not passwords.check(kept, "correct horse batterz").good


def test_an_unknown_name_is_never_good_whatever_the_password() -> None:
    assert not passwords.check(None, "correct horse battery").good


def test_a_hash_made_with_less_cost_is_made_anew() -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(
        "correct horse battery"
    )
    checked = passwords.check(weak, "correct horse battery")
    assert checked.good
    assert checked.stronger
    assert passwords.check(checked.stronger, "correct horse battery") == passwords.Checked(
        good=True
    )


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(passwords.PasswordTooShort):
        passwords.hashed(password)


def test_a_broken_hash_lets_nobody_in() -> None:
    assert not passwords.check("not a hash", "correct horse battery").good


def test_each_role_may_do_what_those_before_it_may() -> None:
    assert staff.allows("rep", "rep")
    assert staff.allows("administrator", "supervisor")
    assert not staff.allows("rep", "supervisor")
    assert not staff.allows("department", "rep")
    assert not staff.allows("nobody", "department")


def test_somebody_is_found_however_the_name_is_typed(database: Database, new_name: str) -> None:
    made = database.run(lambda db: staff.create(db, NewStaff(new_name, "Rep One", "rep", "x")))
    found = database.run(lambda db: staff.find_by_username(db, f" {new_name.upper()} "))
    assert found is not None
    assert found.id == made


@pytest.mark.parametrize("username", ["", "A", "Rep", "rep one", "é"])
def test_a_username_that_cannot_be_typed_plainly_is_refused(
    database: Database, username: str
) -> None:
    with pytest.raises(ValueError, match="username"):
        database.run(lambda db: staff.create(db, NewStaff(username, "Rep", "rep", "x")))


def test_ending_sessions_raises_the_epoch(database: Database, new_name: str) -> None:
    made = database.run(lambda db: staff.create(db, NewStaff(new_name, "Rep", "rep", "x")))
    database.run(lambda db: staff.end_sessions(db, made))
    assert database.run(lambda db: staff.epochs(db, [made])) == {made: 1}


def test_whoever_left_is_not_found(database: Database, new_name: str) -> None:
    made = database.run(lambda db: staff.create(db, NewStaff(new_name, "Rep", "rep", "x")))

    def leave(db: staff.Session) -> None:
        row = staff.find(db, made)
        assert row is not None
        row.active = False

    database.run(leave)
    assert database.run(lambda db: staff.find(db, made)) is None
    assert database.run(lambda db: staff.epochs(db, [made])) == {}


def test_a_new_password_ends_the_sessions_of_the_old_one(database: Database, new_name: str) -> None:
    made = database.run(lambda db: staff.create(db, NewStaff(new_name, "Rep", "rep", "old")))
    database.run(lambda db: staff.set_password(db, made, "new"))
    found = database.run(lambda db: staff.find(db, made))
    assert found is not None
    assert (found.password_hash, found.epoch) == ("new", 1)
