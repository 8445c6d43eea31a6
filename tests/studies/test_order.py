import hashlib
import hmac
import itertools
from collections import Counter

from readerstudy.studies.order import reading_order

SEED = "0123456789abcdef" * 4
CASES = [f"case-{number:03d}" for number in range(100)]


def order(seed=SEED, reader="R-7K2M", session=1, cases=CASES):
    return reading_order(seed=seed, reader_code=reader, session=session, case_ids=cases)


def test_an_order_holds_every_case_once():
    assert sorted(order()) == CASES


def test_an_order_is_the_same_whenever_it_is_derived():
    assert order() == order(cases=reversed(CASES)) == order(cases=set(CASES))


def test_the_algorithm_gives_what_it_always_gave():
    # Worked out once with the first version; another result would break every study locked so far.
    assert "".join(order(cases="abcdef")) == "bcefda"
    assert "".join(order(cases="abcdef", session=2)) == "dbaefc"


def twin(reader, session, cases):
    """The algorithm as its version is described, written a second time."""
    label = f"hmac-sha256-fisher-yates-1|{reader}|{session}|"
    blocks = (
        hmac.new(bytes.fromhex(SEED), f"{label}{n}".encode(), hashlib.sha256).digest()
        for n in range(100)
    )
    stream = b"".join(blocks)
    words = [int.from_bytes(stream[at : at + 8], "big") for at in range(0, len(stream), 8)]
    left, drawn = sorted(cases), []
    while left:
        if len(left) > 1:
            while words[0] >= 2**64 // len(left) * len(left):
                words.pop(0)
            place = words.pop(0) % len(left)
            left[place], left[-1] = left[-1], left[place]
        drawn.insert(0, left.pop())
    return drawn


def test_an_order_is_that_of_the_twin():
    for reader, session in itertools.product(("R-7K2M", "R-XXXX"), (1, 2)):
        assert order(reader=reader, session=session) == twin(reader, session, CASES)


def test_readers_sessions_and_studies_have_orders_of_their_own():
    orders = [
        tuple(order(seed=seed, reader=reader, session=session))
        for seed, reader, session in itertools.product(
            (SEED, "00" * 32), ("R-7K2M", "R-7K2N"), (1, 2)
        )
    ]
    assert len(set(orders)) == len(orders)


def test_short_lists_are_orders_too():
    assert order(cases=[]) == []
    assert order(cases=["a"]) == ["a"]


def test_every_permutation_of_four_cases_is_about_equally_frequent():
    readers = 24 * 200
    counts = Counter(tuple(order(reader=f"R-{number}", cases="abcd")) for number in range(readers))
    # 24 permutations, 200 expected each, standard deviation 13.8: five of them on either side.
    assert len(counts) == 24
    assert min(counts.values()) > 130
    assert max(counts.values()) < 270


def test_every_case_comes_about_equally_often_at_every_place():
    readers = 1000
    places = Counter(
        (case, place)
        for number in range(readers)
        for place, case in enumerate(order(reader=f"R-{number}", cases="abcdefghij"))
    )
    # 100 expected each, standard deviation 9.5.
    assert len(places) == 100
    assert min(places.values()) > 52
    assert max(places.values()) < 148
