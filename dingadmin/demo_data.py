"""What the demo consists of. Every name says that it is one; every number is obviously made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.groups import Member
from simulator.models import GroupState

ORGANISATION: Final = "演示组织（模拟）"
HEAD_OFFICE, SHOPS, OUTSIDE = "演示-总部", "演示-门店", "演示-对外"
LIST: Final = "演示-值班名单"


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    tags: tuple[str, ...]
    signed: bool = False
    keywords: tuple[str, ...] = ()
    ip_ranges: tuple[str, ...] = ()
    external: bool = False
    state: str = GroupState.OK
    quota_left: int | None = None
    notes: str = ""

    @property
    def robot(self) -> str:
        return f"{self.name}机器人"


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    category: str
    description: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    name: str
    msgtype: str
    content: Mapping[str, Any]
    tags: tuple[str, ...] = ()
    mentions_list: bool = False
    mentions_everyone: bool = False


PEOPLE: Final = (
    Member("演示-张伟", "13800000001", "demo-zhangwei"),
    Member("演示-王芳", "13800000002", "demo-wangfang"),
    Member("演示-李娜", "13800000003", "demo-lina"),
    Member("演示-刘洋", "13800000004"),
    Member("演示-陈静", "13800000005"),
    Member("演示-杨帆", "13800000006"),
    Member("演示-赵磊", "13800000007"),
    Member("演示-周敏", user_id="demo-zhoumin"),
)
ON_DUTY: Final = ("演示-张伟", "演示-王芳", "演示-刘洋")

GROUPS: Final = (
    Group("演示-全员通知群", (HEAD_OFFICE,), signed=True, notes="加签。"),
    Group("演示-行政群", (HEAD_OFFICE,), signed=True, keywords=("通知",), notes="加签 + 关键词。"),
    Group("演示-人事群", (HEAD_OFFICE,), keywords=("通知", "公告"), notes="只有关键词。"),
    Group("演示-运维值班群", (HEAD_OFFICE,), signed=True, keywords=("告警", "通知"), notes="加签 + 关键词。"),
    Group("演示-财务群", (HEAD_OFFICE,), signed=True, ip_ranges=("127.0.0.1",), notes="加签 + 本机 IP。"),
    Group("演示-朝阳店", (SHOPS,), signed=True),
    Group("演示-浦东店", (SHOPS,), keywords=("通知",)),
    Group("演示-天河店", (SHOPS,), ip_ranges=("127.0.0.0/8",), notes="IP 段：本机地址在内。"),
    Group("演示-配额将尽群", (SHOPS,), signed=True, quota_left=3, notes="再发 3 条，月度配额就用完了。"),
    Group("演示-客户群（外部）", (OUTSIDE,), signed=True, external=True, notes="外部群：userId 无法 @ 人。"),
    Group("演示-已停用机器人群", (OUTSIDE,), signed=True, state=GroupState.STOPPED, notes="钉钉会答 400102。"),
    Group("演示-IP 不符群", (OUTSIDE,), ip_ranges=("203.0.113.0/24",), notes="本机不在 IP 段内，钉钉会拒收。"),
)

DRAFTS: Final = (
    Draft(
        "演示-消防演练通知",
        "text",
        {"content": "通知：本周五 15:00 进行消防演练，请各部门、各门店按疏散图撤离到集合点。"},
        tags=(HEAD_OFFICE, SHOPS),
        mentions_list=True,
    ),
    Draft(
        "演示-系统维护通知",
        "markdown",
        {
            "title": "系统维护通知",
            "text": "### 系统维护通知\n\n"
            "> 周六 22:00 至周日 02:00 升级办公系统。\n\n"
            "期间 **无法** 使用：\n\n"
            "- 邮箱\n- 考勤打卡\n- 报销审批\n\n"
            "[查看详细说明](https://example.com/maintenance)",
        },
        tags=(HEAD_OFFICE,),
        mentions_everyone=True,
    ),
)

TEMPLATES: Final = (
    Template(
        "演示-会议通知模板",
        "演示-行政",
        "主题、时间、地点，以及要准备什么。",
        "会议通知",
        "### 会议通知\n\n**主题：** …\n\n**时间：** …\n\n**地点：** …\n\n> 发至 {{ group }}，{{ run.date }}",
    ),
    Template(
        "演示-停电通知模板",
        "演示-后勤",
        "哪里停电、从几点到几点、要提前关好什么。",
        "停电通知",
        "### 停电通知\n\n**区域：** …\n\n**时间：** … 至 …\n\n请提前保存工作，关闭电脑和设备。\n\n如有疑问请联系：…",
    ),
)
