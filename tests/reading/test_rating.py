"""The rating orders answers as they were meant, and no two of them collide, on every scale."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerstudy.reading.rating import decision_of_six, rating
from readerstudy.studies.choices import Scale
from tests.reading.factories import BIOPSY, NONE


def two_step(levels):
    """All answers from the surest of none to the surest of a biopsy."""
    steps = [None] if levels == 0 else list(range(1, levels + 1))
    return [(NONE, step, None) for step in reversed(steps)] + [
        (BIOPSY, step, None) for step in steps
    ]


def six_points():
    return [(decision_of_six(value), None, value) for value in range(1, 7)]


def percents():
    return [(decision, None, value) for decision in (NONE, BIOPSY) for value in range(101)]


SCALES = {
    **{f"two steps, {n} levels": (Scale.TWO_STEP, two_step(n)) for n in (0, 2, 3, 4, 5)},
    "six points": (Scale.SIX_POINT, six_points()),
    "percent": (Scale.PERCENT, percents()),
}


def rated(scale, answer):
    decision, confidence, value = answer
    return rating(decision, confidence, scale=scale, value=value)


@pytest.mark.parametrize("name", SCALES)
def test_ratings_rise_strictly_from_surely_none_to_surely_biopsy(name):
    scale, answers = SCALES[name]
    ratings = [rated(scale, answer) for answer in answers]
    assert all(low < high for low, high in itertools.pairwise(ratings))


@pytest.mark.parametrize("name", SCALES)
def test_a_cut_at_zero_gives_back_every_decision(name):
    scale, answers = SCALES[name]
    assert all((rated(scale, answer) > 0) == (answer[0] == BIOPSY) for answer in answers)


@given(st.data())
def test_two_answers_have_one_rating_only_where_they_are_the_same(data):
    scale, answers = data.draw(st.sampled_from(list(SCALES.values())))
    one, other = data.draw(st.sampled_from(answers)), data.draw(st.sampled_from(answers))
    assert (rated(scale, one) == rated(scale, other)) == (one == other)


@given(st.data())
def test_a_surer_answer_is_further_from_the_line(data):
    scale, answers = data.draw(st.sampled_from(list(SCALES.values())))
    one, other = sorted(
        data.draw(st.lists(st.integers(0, len(answers) - 1), min_size=2, max_size=2))
    )
    assert (rated(scale, answers[one]) < rated(scale, answers[other])) == (one < other)


def test_the_line_of_the_six_points_is_between_3_and_4():
    assert [decision_of_six(value) for value in range(1, 7)] == [NONE] * 3 + [BIOPSY] * 3
