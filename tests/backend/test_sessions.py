"""Who is signed in at the console: for as long as a shift, and no longer than it is used."""

from __future__ import annotations

from backend.web.sessions import IDLE, LONGEST, MOST_SESSIONS, Sessions


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_gives_its_key_back_and_nobody_elses() -> None:
    sessions = Sessions()
    one, other = sessions.open("gl_one"), sessions.open("gl_other")

    assert sessions.find(one) != sessions.find(other)
    assert (sessions.find(one) or ("", ""))[0] == "gl_one"
    assert sessions.find("") is None
    assert sessions.find(one[:-1]) is None


def test_the_cookie_tells_neither_the_key_nor_the_form_token() -> None:
    sessions = Sessions()
    session_id = sessions.open("gl_secret")
    token, csrf = sessions.find(session_id) or ("", "")

    assert token not in session_id
    assert csrf not in session_id


def test_an_unused_session_ends_and_a_used_one_lasts_until_the_day_is_over() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    unused, used = sessions.open("gl_unused"), sessions.open("gl_used")
    while clock.now < 1000 + LONGEST - IDLE:
        clock.now += IDLE - 1
        assert sessions.find(used) is not None
    assert sessions.find(unused) is None
    clock.now = 1000 + LONGEST + 1
    assert sessions.find(used) is None


def test_a_closed_session_is_gone() -> None:
    sessions = Sessions()
    session_id = sessions.open("gl_one")
    sessions.close(session_id)
    sessions.close(session_id)

    assert sessions.find(session_id) is None


def test_the_longest_unused_session_gives_way_when_there_are_too_many() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    first, second = sessions.open("gl_first"), sessions.open("gl_second")
    clock.now += 1
    assert sessions.find(first) is not None
    for _ in range(MOST_SESSIONS - 1):
        sessions.open("gl_more")

    assert sessions.find(second) is None
    assert sessions.find(first) is not None


def test_what_is_left_for_a_session_is_taken_once_and_by_no_other() -> None:
    sessions = Sessions()
    one, other = sessions.open("gl_one"), sessions.open("gl_other")
    sessions.leave(one, "a secret")
    sessions.leave("nobody", "lost")

    assert sessions.take(other) == sessions.take("nobody") == ""
    assert sessions.take(one) == "a secret"
    assert sessions.take(one) == ""
