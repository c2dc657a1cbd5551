"""The containers: the file is sound, runs what was tried, and gives nobody more than is needed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from dingadmin.supervisor import programs

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = ("postgres", "redis", "web", "worker", "beat")
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_file_follows_the_compose_specification() -> None:
    command = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]

    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_it_has_all_parts() -> None:
    assert set(SERVICES) == {*LASTING, "migrate"}


def test_the_containers_run_what_up_runs() -> None:
    assert SERVICES["web"]["command"][1:] == [*programs.web("0.0.0.0", 8000).command[1:], "--workers", "2"]  # noqa: S104
    assert SERVICES["worker"]["command"][1:] == list(programs.worker().command[1:])
    assert SERVICES["beat"]["command"][1:] == list(programs.beat().command[1:])
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "setup"]
    assert shlex.join(SERVICES["web"]["command"][:7]) in re.sub(r'[",\[\]]', "", DOCKERFILE.split("CMD ")[1])


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_watched_and_started_again(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_our_own_are_asked_what_they_are_there_for(client: Client) -> None:
    address = re.search(r"http://127\.0\.0\.1:8000(/\w+)", SERVICES["web"]["healthcheck"]["test"][-1])
    assert address is not None
    assert client.get(address[1]).status_code == 200
    assert SERVICES["worker"]["healthcheck"]["test"] == ["CMD", "python", "manage.py", "health", "workers", "--here"]
    assert SERVICES["beat"]["healthcheck"]["test"] == ["CMD", "python", "manage.py", "health", "beat"]


def test_the_preparation_runs_once_and_before_everything_else() -> None:
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_worker_may_end_its_calls() -> None:
    assert int(SERVICES["worker"]["stop_grace_period"].removesuffix("s")) >= programs.worker().patience


@pytest.mark.parametrize("name", [*OURS, "redis"])
def test_a_container_has_no_right_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_only_the_web_server_can_be_reached_and_only_from_this_machine() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["web"]["ports"][0].startswith("127.0.0.1:")


def test_every_secret_is_a_file() -> None:
    assert all(list(secret) == ["file"] for secret in COMPOSE["secrets"].values())
    given = {name: value for service in SERVICES.values() for name, value in service.get("environment", {}).items()}
    for name, value in given.items():
        if re.search(r"PASSWORD|KEY|TOKEN|DATABASE_URL|REDIS_URL", name):
            assert name.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in COMPOSE["secrets"]


def test_the_script_writes_every_secret_and_never_twice(tmp_path: Path) -> None:
    (tmp_path / "script").mkdir()
    script = tmp_path / "script" / "make-secrets"
    script.write_bytes((ROOT / "script" / "make-secrets").read_bytes())

    def make() -> dict[str, str]:
        subprocess.run(["/bin/sh", str(script)], check=True, capture_output=True)
        return {file.name: file.read_text(encoding="ascii") for file in (tmp_path / "secrets").iterdir()}

    first = make()

    assert {f"./secrets/{name}" for name in first} == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    made = ("postgres_password", "redis_password", "secret_key", "metrics_token")
    assert len({first[name] for name in made}) == len(made)
    assert first["postgres_password"] in first["database_url"]
    assert first["redis_password"] in first["redis_url"]
    assert make() == first


def test_every_image_is_pinned() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert all(re.fullmatch(r"[a-z]+:\d[\w.]*-[\w-]+", image) for image in images), images


def test_data_lives_in_named_volumes() -> None:
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}

    assert mounted == set(COMPOSE["volumes"])


def test_the_image_installs_by_hash_and_runs_as_nobody_in_particular() -> None:
    last_stage = DOCKERFILE.split("\nFROM ")[-1]

    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER dingadmin$", last_stage, re.MULTILINE)
    assert "pip install" not in last_stage
    assert "apt-get" not in DOCKERFILE


def test_the_image_holds_what_runs_and_nothing_else() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line.removeprefix("!") for line in ignore if line.startswith("!")}

    assert "*" in ignore
    assert "**/tests" in ignore
    assert all((ROOT / name).exists() for name in kept)
    assert not kept & {"var", "secrets", ".env", ".git", ".venv", "tests"}
