"""Long work is told to whoever listens in its thread, and to nobody else."""

from threading import Thread

from monitor.long_work import counted, listened_to_by, long_work
from tests.builders.work_listener import Heard


def test_each_item_is_done_when_the_next_one_is_asked_for() -> None:
    with listened_to_by(heard := Heard()):
        assert list(counted("ab", "spelling")) == ["a", "b"]
        first = next(counted("ab", "peeking"))
    assert (first, heard) == ("a", {"spelling": [1, 2], "peeking": []})


def test_where_nobody_listens_work_goes_on_untold() -> None:
    with listened_to_by(heard := Heard()):
        pass
    with long_work("thinking") as step:
        step(1)
    assert heard == {}


def test_a_listener_hears_nothing_of_other_threads() -> None:
    with listened_to_by(heard := Heard()):
        thread = Thread(target=lambda: list(counted("ab", "spelling")))
        thread.start()
        thread.join()
    assert heard == {}
