from __future__ import annotations

from datetime import date
from itertools import islice

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from messages.schedule.changes import Change, ChangeKind
from messages.schedule.days import UnknownYear
from messages.schedule.occurrences import find_occurrence, firings, occurrences
from messages.schedule.reasons import Why
from messages.schedule.rules import Rule
from messages.schedule.series import Occurrence
from messages.schedule.splitting import NoSuchOccurrence, split_rule
from messages.tests.schedule_parts import OFFICIAL, rule, utc, wall, walls

DAILY = rule("FREQ=DAILY", "2026-03-02")
ON = utc("2026-03-01 04:00")


def skip(key: str) -> Change:
    return Change(wall(key), ChangeKind.SKIP, by="Li", at=ON)


def move(key: str, to: str) -> Change:
    return Change(wall(key), ChangeKind.MOVE, to=wall(to), by="Li", at=ON)


def test_a_skipped_occurrence_stays_visible_with_who_did_it_and_restoring_is_leaving_the_change_out() -> None:
    found = list(islice(occurrences(DAILY, OFFICIAL, [skip("2026-03-03")]), 3))
    assert [one.skipped for one in found] == [False, True, False]
    assert [(reason.why, reason.by, reason.at) for reason in found[1].reasons] == [(Why.SKIPPED, "Li", ON)]
    assert walls(DAILY, 2) == [wall("2026-03-02"), wall("2026-03-03")]


def test_a_moved_occurrence_keeps_its_key_and_comes_in_the_order_of_its_new_time() -> None:
    found = list(islice(firings(DAILY, OFFICIAL, [move("2026-03-03", "2026-03-04 15:00")]), 3))
    assert [one.wall for one in found] == [wall("2026-03-02"), wall("2026-03-04"), wall("2026-03-04 15:00")]
    assert found[2].key == wall("2026-03-03")
    assert [(reason.why, reason.wall) for reason in found[2].reasons] == [(Why.MOVED, wall("2026-03-03"))]


def test_it_may_move_before_others_and_before_the_start() -> None:
    assert walls(DAILY, 2, changes=[move("2026-03-09", "2026-03-01 08:00")]) == [
        wall("2026-03-01 08:00"),
        wall("2026-03-02"),
    ]


def test_moved_from_the_past_into_the_future_it_still_comes() -> None:
    changes = [move("2026-03-02", "2026-03-20 10:00")]
    later = walls(DAILY, 2, changes=changes, after=utc("2026-03-19 12:00"))
    assert later == [wall("2026-03-20"), wall("2026-03-20 10:00")]
    assert walls(DAILY, 1, changes=[move("2026-03-20", "2026-03-02 10:00")], after=utc("2026-03-19 12:00")) == [
        wall("2026-03-21")
    ]


def test_moved_onto_another_occurrence_they_go_out_as_one_that_names_both() -> None:
    found = list(islice(firings(DAILY, OFFICIAL, [move("2026-03-02", "2026-03-03")]), 2))
    assert [one.wall for one in found] == [wall("2026-03-03"), wall("2026-03-04")]
    assert set(found[0].keys) == {wall("2026-03-02"), wall("2026-03-03")}
    assert [reason.why for reason in found[0].reasons] == [Why.MOVED, Why.ALSO]


def test_one_with_a_text_of_its_own_comes_when_it_came_before() -> None:
    edit = Change(wall("2026-03-02"), ChangeKind.EDIT, by="Li", at=ON)
    found = next(firings(DAILY, OFFICIAL, [edit]))
    assert (found.wall, found.change) == (wall("2026-03-02"), edit)


def test_a_change_of_a_key_that_is_none_changes_nothing() -> None:
    changes = [skip("2026-03-03 10:00"), move("2026-03-03 10:00", "2026-03-03 11:00")]
    assert walls(DAILY, 3, changes=changes) == walls(DAILY, 3)


def test_what_the_calendar_left_out_can_be_moved_to_a_day_of_ones_choice() -> None:
    monthly = rule("FREQ=MONTHLY;BYMONTHDAY=1", "2026-05-01", days="workdays")
    found = list(islice(firings(monthly, OFFICIAL, [move("2026-05-01", "2026-04-30")]), 2))
    assert [one.wall for one in found] == [wall("2026-04-30"), wall("2026-06-01")]


def test_a_change_of_any_key_holds_for_all_that_go_out_as_one() -> None:
    shifted = rule("FREQ=DAILY", "2026-09-30", days="workdays", shift="earlier")
    for key in ("2026-09-30", "2026-10-03"):
        assert walls(shifted, 1, changes=[skip(key)]) == [wall("2026-10-08")]


def test_changes_are_keyed_by_the_original_date_whatever_the_calendar_makes_of_it() -> None:
    last = rule("FREQ=MONTHLY", "2026-01-01", days="last_of_month")
    assert walls(last, 2, changes=[skip("2026-02-01")]) == [wall("2026-01-30"), wall("2026-03-31")]


def test_what_people_moved_to_before_an_unknown_year_comes_before_the_stop() -> None:
    daily = rule("FREQ=DAILY", "2026-12-30", days="workdays")
    found = firings(daily, OFFICIAL, [move("2026-12-30", "2026-12-31 15:00"), move("2026-12-31", "2027-02-01")])
    assert next(found).wall == wall("2026-12-31 15:00")
    with pytest.raises(UnknownYear) as stopped:
        next(found)
    assert stopped.value.needed_for == date(2027, 1, 1)


def test_a_move_needs_a_place_and_nothing_else_has_one() -> None:
    for kind, to in ((ChangeKind.MOVE, None), (ChangeKind.SKIP, wall("2026-03-03"))):
        with pytest.raises(ValueError, match="moved"):
            Change(wall("2026-03-02"), kind, to=to)


def test_an_occurrence_is_found_by_any_of_its_keys() -> None:
    shifted = rule("FREQ=WEEKLY;BYDAY=SA,SU", "2020-01-04", days="workdays", shift="later")
    for key in ("2026-06-06", "2026-06-07"):
        found = find_occurrence(shifted, OFFICIAL, wall(key))
        assert found is not None
        assert found.wall == wall("2026-06-08")
    assert find_occurrence(shifted, OFFICIAL, wall("2026-06-08")) is None
    assert find_occurrence(shifted, OFFICIAL, wall("2019-06-08")) is None


RULES = [
    pytest.param({"repeats": "FREQ=DAILY;INTERVAL=3"}, id="every three days"),
    pytest.param({"repeats": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;BYHOUR=9,15"}, id="every two weeks, twice a day"),
    pytest.param({"repeats": "FREQ=MONTHLY", "starts": "2026-01-31"}, id="the 31st"),
    pytest.param({"repeats": "0 9,15 * * *", "days": "workdays", "shift": "later"}, id="cron, later"),
    pytest.param(
        {"repeats": "FREQ=DAILY;BYHOUR=9,15", "days": "workdays", "shift": "earlier"}, id="earlier, twice a day"
    ),
    pytest.param({"repeats": "FREQ=WEEKLY;BYDAY=SA,SU", "days": "workdays", "shift": "later"}, id="weekends, later"),
    pytest.param({"repeats": "FREQ=MONTHLY", "days": "last_of_month"}, id="the month's last workday"),
    pytest.param({"repeats": "FREQ=WEEKLY", "days": "first_of_week"}, id="the week's first workday"),
    pytest.param({"repeats": "FREQ=DAILY", "days": "before_holidays", "workdays_before": 2}, id="before holidays"),
    pytest.param({"repeats": "FREQ=DAILY", "days": "workdays", "count": 60}, id="sixty times"),
]


@pytest.mark.parametrize("given_", RULES)
@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(number=st.integers(0, 40))
def test_this_and_later_are_two_series_that_go_out_as_the_one_did(given_: dict[str, object], number: int) -> None:
    of = rule(**given_)  # type: ignore[arg-type]
    whole = _known(of)
    key = whole[number % len(whole)].key

    first, second = split_rule(of, OFFICIAL, key)

    before, after = _known(first) if first else [], _known(second)
    assert [one.at for one in (*before, *after)] == [one.at for one in whole]
    assert key in {one_key for one in after for one_key in one.keys}


def test_splitting_at_what_is_no_occurrence_is_refused() -> None:
    with pytest.raises(NoSuchOccurrence):
        split_rule(DAILY, OFFICIAL, wall("2026-03-03 10:00"))


def test_splitting_at_the_first_leaves_nothing_before() -> None:
    assert split_rule(DAILY, OFFICIAL, wall("2026-03-02"))[0] is None


def _known(of: Rule) -> list[Occurrence]:
    found: list[Occurrence] = []
    try:
        for one in firings(of, OFFICIAL):
            if one.at > utc("2026-12-20"):
                break
            found.append(one)
    except UnknownYear:
        pass
    return found
