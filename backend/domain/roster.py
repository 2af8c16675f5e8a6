"""The demo cast: who plays which part. Every name is invented.

The unified social credit codes (GB 32100) have right check digits and the region 990000, the customs codes
begin with 99: no such regions exist, so no code can belong to a real organisation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One organisation of the demo. `key` is its name in commands, tests and key files."""

    key: str
    name_zh: str
    name_en: str
    #: Unified social credit code, 18 characters; the legal identity.
    uscc: str
    #: Customs registration, 10 characters; what simulated messages carry.
    customs_code: str
    #: Names of `backend.domain.participants.Role`; governance has none, it owns the registry.
    roles: tuple[str, ...]
    #: Four-digit customs district, for customs only.
    district: str | None = None

    @property
    def codes(self) -> tuple[str, str]:
        """The codes under which messages may name it, the usual one first."""
        return self.customs_code, self.uscc


Roster = tuple[Enterprise, ...]

#: The customs office that decides on recordals; no goods are declared to it.
HEADQUARTERS = "customs_headquarters"

ROSTER: Roster = (
    Enterprise(
        "governance",
        "关链联合治理委员会（虚构）",
        "Guanlian Governance Board (fictitious)",
        "91990000MA0090073E",
        "9901960001",
        (),
    ),
    Enterprise(
        "customs_pudong",
        "浦东机场海关（演示）",
        "Pudong Airport Customs (demo)",
        "11990000MA0090145F",
        "9900960002",
        ("Customs",),
        "2233",
    ),
    Enterprise(
        "customs_suzhou",
        "苏州海关（演示）",
        "Suzhou Customs (demo)",
        "11990000MA00902178",
        "9900960003",
        ("Customs",),
        "2303",
    ),
    Enterprise(
        "customs_jiaxing",
        "嘉兴海关（演示）",
        "Jiaxing Customs (demo)",
        "11990000MA00902846",
        "9900960004",
        ("Customs",),
        "2908",
    ),
    Enterprise(
        "platform",
        "云汀跨境商城有限公司",
        "Yunting Cross-Border Mall Ltd",
        "91990000MA0090356N",
        "9901960005",
        ("Platform",),
    ),
    Enterprise(
        "payment",
        "澄泉支付服务有限公司",
        "Chengquan Payment Services Ltd",
        "91990000MA0090428F",
        "9901960006",
        ("Payment",),
    ),
    Enterprise(
        "logistics_east",
        "东屿速运有限公司",
        "Dongyu Express Ltd",
        "91990000MA0090495D",
        "9901960007",
        ("Logistics",),
    ),
    Enterprise(
        "logistics_air",
        "岚羽航空货运有限公司",
        "Lanyu Air Cargo Ltd",
        "91990000MA00905676",
        "9901960008",
        ("Logistics",),
    ),
    Enterprise(
        "declarant",
        "衡桥报关有限公司",
        "Hengqiao Customs Brokers Ltd",
        "91990000MA0090639Y",
        "9901960009",
        ("Declarant",),
    ),
    Enterprise(
        "site_operator",
        "砚港监管场站有限公司",
        "Yangang Supervised Depot Ltd",
        "91990000MA0090700M",
        "9901960010",
        ("SiteOperator",),
    ),
    Enterprise(
        "market_regulator",
        "长三角市场监管局（演示）",
        "Delta Market Regulator (demo)",
        "11990000MA0090778X",
        "9900960011",
        ("MarketRegulator",),
    ),
    Enterprise(
        "rights_holder",
        "霁禾品牌管理有限公司",
        "Jihe Brand Management Ltd",
        "91990000MA009084X9",
        "9901960012",
        ("RightsHolder",),
    ),
    Enterprise("seller_01", "青砾贸易有限公司", "Qingli Trading Ltd", "91990000MA00909115", "9901960013", ("Seller",)),
    Enterprise("seller_02", "沐棠贸易有限公司", "Mutang Trading Ltd", "91990000MA00909895", "9901960014", ("Seller",)),
    Enterprise(
        "seller_03",
        "遥川贸易有限公司",
        "Yaochuan Trading Ltd",
        "91990000MA009105X4",
        "9901960015",
        ("Seller",),
    ),
    Enterprise("seller_04", "栖麦贸易有限公司", "Qimai Trading Ltd", "91990000MA00911210", "9901960016", ("Seller",)),
    Enterprise("seller_05", "朗榆贸易有限公司", "Langyu Trading Ltd", "91990000MA00911990", "9901960017", ("Seller",)),
    Enterprise("seller_06", "葭月贸易有限公司", "Jiayue Trading Ltd", "91990000MA0091260N", "9901960018", ("Seller",)),
    Enterprise("seller_07", "墨屿贸易有限公司", "Moyu Trading Ltd", "91990000MA0091332F", "9901960019", ("Seller",)),
    Enterprise("seller_08", "晴圃贸易有限公司", "Qingpu Trading Ltd", "91990000MA00914048", "9901960020", ("Seller",)),
    Enterprise("seller_09", "拾澜贸易有限公司", "Shilan Trading Ltd", "91990000MA00914716", "9901960021", ("Seller",)),
    Enterprise("seller_10", "禾序贸易有限公司", "Hexu Trading Ltd", "91990000MA0091543Y", "9901960022", ("Seller",)),
    Enterprise("seller_11", "南筑贸易有限公司", "Nanzhu Trading Ltd", "91990000MA0091615P", "9901960023", ("Seller",)),
    Enterprise(
        "seller_12",
        "星垣贸易有限公司",
        "Xingyuan Trading Ltd",
        "91990000MA0091682M",
        "9901960024",
        ("Seller",),
    ),
    Enterprise(
        HEADQUARTERS,
        "海关总署（演示）",
        "Customs Headquarters (demo)",
        "11990000MA00923143",
        "9900960031",
        ("Customs",),
        "0100",
    ),
    Enterprise(
        "tax_authority",
        "长三角税务局（演示）",
        "Delta Tax Authority (demo)",
        "11990000MA0092400B",
        "9900960032",
        ("TaxAuthority",),
    ),
    Enterprise(
        "appeal_body",
        "海关行政复议机构（演示）",
        "Customs Review Board (demo)",
        "11990000MA00925001",
        "9900960033",
        ("AppealBody",),
    ),
    Enterprise(
        "customs_hangzhou",
        "杭州海关（演示）",
        "Hangzhou Customs (demo)",
        "11990000MA00925708",
        "9900960034",
        ("Customs",),
        "2901",
    ),
)

#: The seller that the demo bars half-way.
SELLER_TO_BAR = "seller_07"


def enterprise(key: str, roster: Roster = ROSTER) -> Enterprise:
    """The organisation with this key; KeyError if the roster has none."""
    for each in roster:
        if each.key == key:
            return each
    raise KeyError(key)


def with_role(role: str, roster: Roster = ROSTER) -> Roster:
    """Everyone who holds the role, in roster order."""
    return tuple(each for each in roster if role in each.roles)


def by_code(code: str, roster: Roster = ROSTER) -> Enterprise | None:
    """The organisation that a message names by customs code or USCC."""
    return next((each for each in roster if code in each.codes), None)


def customs_of(district: str, roster: Roster = ROSTER) -> Enterprise | None:
    """The customs office of a four-digit district."""
    return next((each for each in roster if each.district == district), None)
