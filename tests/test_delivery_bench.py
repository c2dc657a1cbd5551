"""The bench of sending works, and never calls a goal met that is not. How fast anything is, is not asked here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import delivery
from bench.sending.plan import PARTS, QUICK, Asked
from bench.sending.results import GOALS, Result, Spread, show_results, show_summary

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 600


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="CPU and memory come from /proc")
def test_a_quick_run_measures_every_goal_and_ends_by_itself() -> None:
    database = "postgres" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"

    done = subprocess.run(
        [sys.executable, "-m", "bench.delivery", "--quick", "--database", database],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    tables = done.stdout.partition("Summary")[0]
    assert [goal.text for goal in GOALS if f"{goal.text}\n\n| database" not in tables] == []
    assert "broke off" not in done.stdout + done.stderr, done.stderr
    assert "DINGADMIN_ADDRESS_CEILING=100000" in done.stdout


def test_each_goal_belongs_to_one_part() -> None:
    goals = [goal for part in PARTS for goal in delivery.MEASURED_BY[part]]

    assert sorted(goals) == sorted(goal.key for goal in GOALS)


def test_a_part_that_breaks_off_leaves_its_other_goals_unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(_part: str, _database: str, _plan: object) -> Iterator[Result]:
        yield Result("cost", "10 robots", "1.1", met=True)

    monkeypatch.setattr(delivery, "_part", break_off)

    found = list(delivery._measured(Asked(plan=QUICK, parts=("large",), databases=("sqlite",), quick=True)))

    assert [(result.goal, result.verdict) for result in found] == [
        ("cost", "met"),
        ("memory", "not measured"),
        ("rows", "not measured"),
    ]


def test_what_is_not_met_is_said_in_both_tables(capsys: pytest.CaptureFixture[str]) -> None:
    results = [Result("cpu", "some robots", "1.9", met=False), Result("cpu", "more robots", "1.2", met=True)]

    show_results(results)
    show_summary(results)

    lines = capsys.readouterr().out.splitlines()
    assert any("some robots" in line and "NOT MET" in line for line in lines)
    assert [cell.strip() for cell in lines[-2].split("|")[2:5]] == ["1", "1", "0"]


def test_the_lowest_and_the_highest_round_are_shown_beside_the_median() -> None:
    assert str(Spread([0.8, 0.9, 0.5])) == "0.80 (0.50–0.90)"
