"""What docs/operations.md says of the figures is true: they exist with these labels, and none is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from dingadmin.system.collector import Installation
from tests.factories import make_robot

pytestmark = pytest.mark.django_db

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = TEXT.split("\n## Monitoring\n")[1].split("\n## ")[0]
TABLE = [line for line in SECTION.splitlines() if line.startswith("| `dingadmin_")]
BLOCKS: list[dict[str, Any]] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", SECTION, re.DOTALL)]
SELECTOR = re.compile(r"\b(dingadmin_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)="([^"]*)"')


@pytest.fixture
def families() -> list[Metric]:
    make_robot()  # with its organisation: else there is no quota to tell of
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Installation(timezone.now()))
    return list(text_string_to_metric_families(generate_latest(registry).decode()))


def test_every_figure_that_is_named_exists_with_these_labels(families: list[Metric]) -> None:
    samples = [sample for family in families for sample in family.samples]
    names = {sample.name for sample in samples} | {family.name for family in families}

    missing = []
    for name, labels in SELECTOR.findall(SECTION):
        wanted = set(LABEL.findall(labels))
        of_that_name = [sample.labels.items() for sample in samples if sample.name == name]
        if name not in names or not (not wanted or any(wanted <= set(found) for found in of_that_name)):
            missing.append((name, labels))
    assert missing == []


def test_the_table_names_every_figure_with_its_labels(families: list[Metric]) -> None:
    listed = {name: labels for line in TABLE for name, labels in SELECTOR.findall(line)}

    def is_part_of_histogram(name: str) -> bool:
        return name.endswith(("_gcount", "_gsum"))

    assert {family.name for family in families if not is_part_of_histogram(family.name)} == set(listed)
    for family in families:
        if labels := listed.get(family.name):
            assert set(labels.split(",")) == set(family.samples[0].labels), family.name


def test_the_samples_of_configuration_are_what_prometheus_reads() -> None:
    scrapes, rules = BLOCKS

    assert [sorted(job) for job in scrapes["scrape_configs"]] == [
        ["authorization", "job_name", "scheme", "static_configs"]
    ]
    (group,) = rules["groups"]
    assert len({rule["alert"] for rule in group["rules"]}) == len(group["rules"])
    assert all(rule["expr"] and rule["annotations"]["summary"] for rule in group["rules"])
    assert {name for rule in group["rules"] for name, _labels in SELECTOR.findall(rule["expr"])}
