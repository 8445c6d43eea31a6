"""One thread ends whatever takes too long."""

import os
import threading
import time

import pytest

from readerstudy.core.deadlines import TICK_SECONDS, Deadlines, within

LONG = 60.0


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "deadlines"]


def test_what_is_late_is_told_once() -> None:
    calls: list[str] = []
    told = threading.Event()

    def late() -> None:
        calls.append("late")
        told.set()

    with Deadlines().within(0.01, late):
        assert told.wait(LONG)
        time.sleep(2 * TICK_SECONDS)
    assert calls == ["late"]


def test_what_is_done_in_time_is_left_alone() -> None:
    calls: list[str] = []
    deadlines = Deadlines()
    with deadlines.within(2 * TICK_SECONDS, lambda: calls.append("late")):
        pass
    with deadlines.within(LONG, lambda: None):
        time.sleep(4 * TICK_SECONDS)
    assert not calls


def test_an_error_within_goes_on_and_ends_the_wait() -> None:
    calls: list[str] = []
    deadlines = Deadlines()
    with pytest.raises(KeyError), deadlines.within(TICK_SECONDS, lambda: calls.append("late")):
        raise KeyError
    time.sleep(3 * TICK_SECONDS)
    assert not calls


def test_one_thread_looks_after_all_and_ends_when_nothing_waits() -> None:
    before = len(_threads())
    deadlines = Deadlines()
    with deadlines.within(LONG, lambda: None), deadlines.within(LONG, lambda: None):
        assert len(_threads()) == before + 1
    until = time.monotonic() + LONG
    while len(_threads()) > before and time.monotonic() < until:
        time.sleep(TICK_SECONDS / 5)
    assert len(_threads()) <= before


def test_it_begins_again_after_a_pause() -> None:
    deadlines = Deadlines()
    for _ in range(2):
        told = threading.Event()
        with deadlines.within(0.01, told.set):
            assert told.wait(LONG)
        time.sleep(3 * TICK_SECONDS)


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_fork_has_a_thread_of_its_own() -> None:
    with within(LONG, lambda: None):
        process = os.fork()
        if process == 0:
            told = threading.Event()
            with within(0.01, told.set):
                os._exit(0 if told.wait(LONG) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
