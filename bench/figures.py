"""Measures everything and writes it down: the whole into docs/figures.md, the short tables into both READMEs.

    script/bench figures

In a README the tables stand between two marks; the rest of it is left alone.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FIGURES: Final = ROOT / "docs" / "figures.md"
BENCHES: Final = {
    "startup": "From an empty clone to the first page, and what the stack weighs",
    "broadcast": "Sends per second",
    "pages": "Queries of every list",
}
IN_READMES: Final = ("startup", "broadcast")
START: Final = "<!-- figures: written by script/bench figures -->"
END: Final = "<!-- end of figures -->"
# The words of the tables that stand in the Chinese README.
CHINESE: Final = {
    "from the command to the first page": "从执行命令到打开首页",
    "seconds": "秒",
    "empty clone": "全新克隆",
    "of it virtual environment and packages": "其中：虚拟环境和依赖包",
    "second start": "第二次启动",
    "memory, MB": "内存（MB）",
    "own and shared": "含共享",
    "share": "分摊后",
    "all": "合计",
    "answered by": "应答方",
    "delay": "延迟",
    "robots": "机器人数",
    "DingAdmin, sends/s": "DingAdmin（条/秒）",
    "plain loop, sends/s": "普通循环（条/秒）",
    "ratio": "倍数",
    "simulator": "模拟器",
    "bare endpoint": "空接口",
}


def main() -> None:
    machine = _machine()
    measured = {name: _run(name) for name in BENCHES}
    sections = [f"## {title}\n\n`script/bench {name}`\n\n{measured[name]}" for name, title in BENCHES.items()]
    head = f"# Figures\n\nWritten by `script/bench figures` on {machine}. What is measured: `bench/README.md`."
    FIGURES.write_text("\n\n".join([head, *sections]) + "\n", encoding="utf-8")
    english = "\n\n".join([f"On {machine}:", *(measured[name] for name in IN_READMES)])
    write_between_marks(ROOT / "README.md", english)
    write_between_marks(ROOT / "README.zh-CN.md", _in_chinese(english))


def write_between_marks(path: Path, text: str) -> None:
    before, start, rest = path.read_text(encoding="utf-8").partition(START)
    _old, end, after = rest.partition(END)
    if not start or not end:
        raise SystemExit(f"{path.name} lacks the marks between which the figures stand.")
    path.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _run(name: str) -> str:
    print(f"{name} …", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"bench.{name} ended with {done.returncode}.")
    return done.stdout.strip()


def _machine() -> str:
    """The load tells whether others were at work: then the figures say little."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system, python = platform.system(), platform.python_version()
    return (
        f"{date.today().isoformat()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {system}, "  # noqa: DTZ011
        f"Python {python}, load {os.getloadavg()[0]:.1f} before it began"
    )


def _in_chinese(text: str) -> str:
    head, *lines = text.splitlines()
    return "\n".join([_machine_in_chinese(head), *(_row_in_chinese(line) for line in lines)])


def _machine_in_chinese(head: str) -> str:
    head = re.sub(r"On ([\d-]+), (\d+) cores, (\d+) GB of memory, ", r"测量于 \1：\2 核，\3 GB 内存，", head)
    return re.sub(r"load ([\d.]+) before it began:", r"开始前负载 \1：", head).replace(", ", "，")


def _row_in_chinese(line: str) -> str:
    cells = line.split("|")
    return "|".join(cell.replace(cell.strip(), CHINESE.get(cell.strip(), cell.strip())) for cell in cells)


if __name__ == "__main__":
    main()
