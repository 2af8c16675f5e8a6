"""A sentence for each code of each question, in Chinese and English. The browser's check says the same ones."""

from __future__ import annotations

from typing import Any

_NOT_READ = ("文件无法读取，因此无从判断。", "The file could not be read, so nothing can be said.")
_NOT_UNCHANGED = (
    "这份证书的记录没有通过第一项检查，因此它所说的不作数。",
    "The records did not pass the first check, so nothing that the file says counts.",
)

#: By question and code; words in braces are the answer's own.
SENTENCES: dict[str, tuple[str, str]] = {
    "unchanged.complete": (
        "未改动：这 {records} 条记录是该包裹在区块 {block} 时的全部历史，一条不多、一条不少，顺序未变。",
        "Unchanged: these {records} records are the whole history at block {block}, none added, missing or moved.",
    ),
    "unchanged.too-large": ("文件超过 2 MiB，不是证书。", "The file is larger than 2 MiB: it is no certificate."),
    "unchanged.malformed": (
        "文件不是完整的证书：{field} 不符合规则（{rule}）。",
        "The file is no complete certificate: {field} breaks the rule ({rule}).",
    ),
    "unchanged.version-unknown": (
        "证书格式版本为 {version}，本程序只认识版本 1；请使用更新的程序。",
        "The certificate follows version {version} of the format and this program knows version 1: use a newer one.",
    ),
    "unchanged.header-malformed": ("区块头不成形。", "A block header has no proper shape."),
    "unchanged.block-hash-mismatch": (
        "区块头与所称的区块哈希不符：区块头被改动。",
        "The block header does not have the hash that the file names: it was changed.",
    ),
    "unchanged.headers-not-linked": (
        "区块头彼此不相连：有区块头被改动、缺失或调换。",
        "The block headers do not follow one another: one was changed, left out or exchanged.",
    ),
    "unchanged.account-proof-invalid": (
        "账本合约的状态证明不成立：证明被改动，或属于另一合约、另一区块。",
        "The proof of a contract's account fails: it was changed, or is of another contract or block.",
    ),
    "unchanged.storage-proof-invalid": (
        "合约存储的证明不成立：证明被改动，或属于另一包裹、另一卖家。",
        "The proof of a contract's storage fails: it was changed, or is of another parcel or seller.",
    ),
    "unchanged.manifest-unknown": (
        "在该区块时，账本里没有这份清单批次。",
        "At that block the ledger knows no such manifest.",
    ),
    "unchanged.membership-proof-invalid": (
        "这个包裹不在所称的清单批次里。",
        "This parcel is not part of the manifest that the file names.",
    ),
    "unchanged.records-do-not-fold": (
        "记录与账本不符：有记录被改动、增添、删去或调换顺序。",
        "The records are not those of the ledger: one was changed, added, left out or moved.",
    ),
    "unchanged.node-unused": (
        "文件里有证明用不到的数据：它不是按格式制作的。",
        "The file holds nodes that prove nothing: it was not made as the format says.",
    ),
    "final.not-read": _NOT_READ,
    "final.not-unchanged": _NOT_UNCHANGED,
    "final.no-validators-vouch": (
        "出自单机演示链：没有任何验证节点为它担保，能运行该链的人也能改写该链。",
        "From the embedded chain of one machine: no validators vouch for it; whoever runs that chain can rewrite it.",
    ),
    "final.no-trust-list": (
        "没有给出验证节点名单，无法判断由谁担保。请从海关等可信渠道取得名单。",
        "No list of validators was given, so nobody's word can be checked. Get one from whom you trust, say customs.",
    ),
    "final.other-chain": (
        "证书属于链 {found}，名单属于链 {expected}。",
        "The certificate is of chain {found}, the list of chain {expected}.",
    ),
    "final.other-contract": (
        "证书出自另一套合约（{contract} 不同），不是名单所指的账本。",
        "The certificate is of other contracts ({contract} differs), not of the ledger that the list names.",
    ),
    "final.other-engine": (
        "证书的共识引擎为 {found}，名单为 {expected}。",
        "The certificate names the engine {found}, the list {expected}.",
    ),
    "final.no-validators-for-block": (
        "名单没有适用于区块 {block} 的验证节点。",
        "The list names no validators for block {block}.",
    ),
    "final.seal-malformed": (
        "区块 {block} 的封签不成形或不是签名。",
        "The seal of block {block} has no proper shape or is no signature.",
    ),
    "final.seal-not-trusted": (
        "区块 {block} 由 {signer} 封签，它当时不在名单上：证书是伪造的，或名单已过时。",
        "Block {block} is sealed by {signer}, not on the list for that block: a forgery, or the list is out of date.",
    ),
    "final.too-few-seals": (
        "只有 {sealed} 个名单上的验证节点担保，需要 {needed} 个：该区块可能尚未最终确定。",
        "Only {sealed} validators of the list vouch for it and {needed} are needed: the block may not be final.",
    ),
    "final.sealed": (
        "已最终确定：名单上 {validators} 个验证节点中有 {sealed} 个为区块 {block} 担保（需要 {needed} 个）。",
        "Final: {sealed} of the list's {validators} validators vouch for block {block} ({needed} are needed).",
    ),
    "says.not-read": _NOT_READ,
    "says.not-unchanged": _NOT_UNCHANGED,
    "says.replay-contradicts": (
        "第 {record} 条记录违反通关流程规则。",
        "Record {record} breaks the rules of the lifecycle.",
    ),
    "says.step-unknown": (
        "第 {record} 条记录的步骤 {step} 未知；可能需要更新的程序。",
        "Record {record} has step {step}, which is not known: a newer program may know it.",
    ),
    "says.sets-contradict": (
        "记录推出的状态与账本所存的不符。",
        "The states that the records lead to are not those that the ledger holds.",
    ),
    "says.document-invalid": (
        "第 {document} 份公开的单证与记录的凭证不符，或不是这个包裹的单证。",
        "Revealed document {document} is not part of its record's evidence, or is not this parcel's.",
    ),
    "says.field-invalid": (
        "公开的字段 {path} 与当时承诺的内容不符：内容被改动。",
        "The revealed field {path} is not what was committed to: it was changed.",
    ),
    "says.states": (
        "包裹 {parcel_id} 在 {as_of}（世界协调时）的状态为 {state}，距核验时 {age}。",
        "Parcel {parcel_id} stood at {state} at {as_of} UTC, {age} before this check.",
    ),
}


def sentences(question: str, code: str, words: dict[str, Any]) -> tuple[str, str]:
    """Chinese and English. A word that an answer lacks is a mistake of ours: KeyError."""
    zh, en = SENTENCES[f"{question}.{code}"]
    return zh.format_map(_In(words, 0)), en.format_map(_In(words, 1))


class _In(dict[str, Any]):
    """Words in one language: a pair holds Chinese and English."""

    def __init__(self, words: dict[str, Any], language: int) -> None:
        super().__init__({name: word[language] if isinstance(word, tuple) else word for name, word in words.items()})


UNITS = ((86_400, "天", "days"), (3_600, "小时", "hours"), (60, "分钟", "minutes"))


def age_in_words(seconds: int) -> tuple[str, str]:
    """A span in its largest unit, rounded down; nothing below a minute."""
    for size, zh, en in UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {zh}", f"{count} {en if count > 1 else en.removesuffix('s')}"
    return "不到 1 分钟", "less than 1 minute"


#: A parcel's states in Chinese; in English they are the format's own names.
STATES: dict[str, str] = {
    "Declared": "已申报",
    "Rejected": "已退单",
    "Accepted": "已接受申报",
    "Released": "已放行",
    "InTransit": "转关运输中",
    "AtPort": "已到口岸",
    "Departed": "已离境",
    "Delivered": "已交付",
    "Closed": "已结关",
    "Cancelled": "已撤销",
    "Returning": "退货途中",
    "Returned": "已退货",
    "ReturnedAbroad": "已退运出境",
    "Confiscated": "已没收",
    "Destroyed": "已销毁",
    "Disposed": "已处置",
}
