"""One tree of refusals, each with its HTTP status and a sentence in Chinese and in English.

A class whose name is also a Solidity error carries that error's arguments as its details, in the same
order and under the same names (snake case here), so that a refusal reads alike in a contract, in Python
and as the title of a problem document.
"""

from __future__ import annotations

from typing import Any, ClassVar

from backend.domain.wording import in_chinese, in_english


class GuanlianError(Exception):
    """A refusal that a caller can act on.

    `details` are JSON-able values that name the field, the value and the rule; the sentences are formatted
    with them. Nothing personal may stand in `details`: they reach logs and problem documents.
    """

    status: ClassVar[int] = 400
    zh: ClassVar[str] = "请求无法处理"
    en: ClassVar[str] = "The request cannot be processed"

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.message_en)

    @property
    def title(self) -> str:
        """The error's name, equal in Solidity, Python and HTTP."""
        return type(self).__name__

    @property
    def message_zh(self) -> str:
        words = {name: in_chinese(value) for name, value in self.details.items()}
        # A detail whose wording comes from elsewhere brings its Chinese along: `rule` and `rule_zh`.
        words |= {name.removesuffix("_zh"): value for name, value in self.details.items() if name.endswith("_zh")}
        return _fill(self.zh, words)

    @property
    def message_en(self) -> str:
        return _fill(self.en, {name: in_english(value) for name, value in self.details.items()})


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _fill(template: str, details: dict[str, Any]) -> str:
    return template.format_map(_Lenient(details))


def error_named(name: str) -> type[GuanlianError] | None:
    """The class that bears a Solidity error's name, or None where this gateway knows no such error."""
    return _all_errors().get(name)


def all_errors() -> dict[str, type[GuanlianError]]:
    """Every concrete error by name; the generated error table and the contract comparison read it."""
    return dict(sorted(_all_errors().items()))


def _all_errors() -> dict[str, type[GuanlianError]]:
    # Classes count once they are loaded; this module cannot load theirs at its top, since they stand on it.
    from backend.domain import (  # noqa: F401
        bonded_errors,
        consignment_errors,
        return_errors,
        summary_errors,
    )

    found: dict[str, type[GuanlianError]] = {}
    waiting = list(GuanlianError.__subclasses__())
    while waiting:
        cls = waiting.pop()
        found[cls.__name__] = cls
        waiting.extend(cls.__subclasses__())
    return found


# ---------------------------------------------------------------------------------------------------
# Callers


class Unauthenticated(GuanlianError):
    status = 401
    zh = "缺少有效的 API 密钥"
    en = "A valid API key is required"


class Forbidden(GuanlianError):
    status = 403
    zh = "此密钥无权执行 {action}：需要 {needed}"
    en = "This key may not {action}: {needed} is needed"


class ParticipantNotYours(GuanlianError):
    status = 403
    zh = "{field} 的值 {value} 不是本密钥所代表的企业（参与方 {participant_no}）"
    en = "{field} is {value}, which is not the participant this key speaks for ({participant_no})"


class FormNotOurs(GuanlianError):
    """A form that this session did not give out, or that another site sent in the reader's name."""

    status = 403
    zh = "表单已过期或并非来自本页面，没有进行任何操作，请重新提交"
    en = "The form was too old or did not come from this page: nothing was done, please send it again"


class NotFound(GuanlianError):
    """`what` is the thing's English name, `value` how it was called."""

    status = 404
    zh = "找不到{what} {value}"
    en = "No {what} {value} is known here"


class MethodNotAllowed(GuanlianError):
    status = 405
    zh = "此地址不支持方法 {method}"
    en = "Method {method} is not allowed here"


class RequestTimedOut(GuanlianError):
    status = 408
    zh = "请求正文在 {seconds} 秒内未传完"
    en = "The request's body did not arrive within {seconds} seconds"


class MediaTypeUnsupported(GuanlianError):
    status = 415
    zh = "不支持的内容类型 {media_type}：需要 {needed}"
    en = "Content of type {media_type} is not taken here: {needed} is needed"


class RateLimited(GuanlianError):
    status = 429
    zh = "请求过于频繁，请在 {retry_after} 秒后重试"
    en = "Too many requests: try again in {retry_after} seconds"


# ---------------------------------------------------------------------------------------------------
# Input


class InvalidInput(GuanlianError):
    """One field of a request breaks a rule; `faults` lists every one found, not only the first."""

    status = 422
    zh = "字段 {field} 的值 {value} 不符合规则：{rule}"
    en = "Field {field} has the value {value}, which breaks the rule: {rule}"


class Conflict(GuanlianError):
    """The same business key was used before for a different content."""

    status = 409
    zh = "业务主键 {key} 已用于内容不同的 {what}"
    en = "The business key {key} already stands for a different {what}"


class OperationNotPossible(GuanlianError):
    status = 409
    zh = "操作 {operation_id} 处于 {status}，不能 {action}"
    en = "Operation {operation_id} is {status}: it cannot be {action}"


class WebhooksTooMany(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 已有 {most} 个回调地址，请先删除一个"
    en = "Participant {participant_no} has {most} webhooks already: remove one first"


class QuotaExceeded(GuanlianError):
    """A person's yearly limit on retail imports does not hold this amount as well; CNY, as texts."""

    status = 409
    zh = "个人年度限额 {limit} 元已用 {used} 元，再计入 {amount} 元将超出限额"
    en = "{used} of a person's yearly {limit} CNY are used: {amount} more would exceed it"


class NumbersExhausted(GuanlianError):
    """A district's lists of one direction and year have used all nine digits."""

    status = 409
    zh = "编号 {prefix} 开头的清单号已用完"
    en = "Every list number that begins with {prefix} has been given out"


class QuotaMoveRefused(GuanlianError):
    status = 409
    zh = "额度记录处于 {state} 状态，不能执行 {move}"
    en = "A quota entry that is {state} does not allow {move}"


class CalendarYearUnknown(GuanlianError):
    """No arrangement of that year's working days is known, so no period that touches it can be counted."""

    status = 409
    zh = "{year} 年的工作日安排未收录（现有 {first} 至 {last} 年），无法计算期限"
    en = "The working days of {year} are not known ({first} to {last} are): the period cannot be counted"


# ---------------------------------------------------------------------------------------------------
# The gateway itself


class ChainUnavailable(GuanlianError):
    status = 503
    zh = "区块链节点暂时无法访问，提交的内容已保存，恢复后自动发送"
    en = "The chain cannot be reached now; what was submitted is kept and sent when it answers again"


class NotFinalYet(GuanlianError):
    """What was asked for stands in a block that may still be replaced."""

    status = 409
    zh = "{what} {value} 记录在区块 {block}，该区块尚未最终确定，请稍后再试"
    en = "{what} {value} is recorded in block {block}, which is not final yet: ask again soon"


class InternalFault(GuanlianError):
    """A fault of our own. The answer names the request, the log names the fault."""

    status = 500
    zh = "系统内部错误，请求编号 {request_id} 已记录"
    en = "A fault of our own: it is logged under request {request_id}"


class WrongChain(GuanlianError):
    status = 503
    zh = "节点的链编号为 {found}，部署文件要求 {expected}：网关停止发送"
    en = "The node is on chain {found} but the deployment names {expected}: the gateway does not send"


class ContractsMissing(GuanlianError):
    status = 503
    zh = "链上地址 {address} 没有合约 {contract}：部署文件与此链不符，网关停止发送"
    en = "There is no {contract} at {address} on this chain: the gateway does not send"


class DevelopmentKeyRefused(GuanlianError):
    status = 503
    zh = "开发用密钥人尽皆知，只能用于内置链 {embedded}，不能用于链 {chain_id}"
    en = "Development keys are public: they sign on the embedded chain {embedded} only, not on {chain_id}"


class KeystoreRefused(GuanlianError):
    status = 503
    zh = "无法使用密钥文件 {path}：{reason}"
    en = "The keystore {path} cannot be used: {reason}"


class StoreUnavailable(GuanlianError):
    status = 503
    zh = "数据库暂时无法写入，请稍后重试"
    en = "The database cannot be written now: try again shortly"


class ConfirmationTimedOut(GuanlianError):
    status = 504
    zh = "操作 {operation_id} 已保存，但在 {seconds} 秒内未得到链上确认"
    en = "Operation {operation_id} is stored but was not confirmed on the chain within {seconds} seconds"


# ---------------------------------------------------------------------------------------------------
# Contracts: refusals without a name of ours


class ContractRefused(GuanlianError):
    """A revert that is none of the contracts' own errors; `data` is the revert data in hexadecimal."""

    status = 409
    zh = "合约拒绝了此操作，原因未知：{reason}"
    en = "The contract refused for a reason unknown here: {reason}"


# ---------------------------------------------------------------------------------------------------
# Installations


class NotRunning(GuanlianError):
    status = 503
    zh = "{home} 中的系统没有运行：请先执行 guanlian up"
    en = "The installation in {home} is not running: start it with `guanlian up`"


class InstallationBusy(GuanlianError):
    """Another command is changing the installation, or its gateway runs already."""

    status = 409
    zh = "{what} 已在运行（{path}）"
    en = "{what} is already running ({path})"


class StartFailed(GuanlianError):
    """A part of an installation did not come up; `reason` is the end of what it wrote."""

    status = 503
    zh = "{what} 未能启动：{reason}"
    en = "{what} did not start: {reason}"


class GethMissing(GuanlianError):
    """No go-ethereum that seals Clique is there or can be built."""

    status = 503
    zh = "没有可用的 go-ethereum {release}：{reason}"
    en = "No go-ethereum {release} to run validators with: {reason}"


class NetworkRefused(GuanlianError):
    """A consortium network cannot do what was asked of it in the standing it has."""

    status = 409
    zh = "联盟链网络不能这样做：{reason}"
    en = "The network does not do that: {reason}"


class ResetRefused(GuanlianError):
    status = 409
    zh = "不能清空：{reason}"
    en = "Not reset: {reason}"


class NotHosted(GuanlianError):
    status = 403
    zh = "本网关不持有参与方 {participant_no} 的签名账户"
    en = "This gateway holds no signing account of participant {participant_no}"


# ---------------------------------------------------------------------------------------------------
# Notices to platforms


class NoticeStateUnfit(GuanlianError):
    status = 409
    zh = "平台通知 {notice_id} 处于 {stage}，不能进行 {act}"
    en = "Platform notice {notice_id} is {stage}: {act} does not follow from there"


class NoticePartyOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不能对平台通知 {notice_id} 进行 {act}：须由当事的另一方进行"
    en = "Participant {participant_no} may not do {act} in platform notice {notice_id}: it is another party's"


class InstructionStateUnfit(GuanlianError):
    status = 409
    zh = "放行指令 {instruction_id} 处于 {stage}，不能进行 {act}"
    en = "Release instruction {instruction_id} is {stage}: {act} does not follow from there"


class InstructionForAnother(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不能对放行指令 {instruction_id} 进行 {act}：该指令发给另一场站，或由另一海关发出"
    en = (
        "Participant {participant_no} may not do {act} to release instruction {instruction_id}: it was given "
        "to another terminal, or by another customs office"
    )


class InstructionContentsDiffer(GuanlianError):
    """The terminal acknowledges other parcels than customs named; nothing was acknowledged."""

    status = 409
    zh = "回执所列包裹（{count} 件，{contents}）与放行指令 {instruction_id}（{expected_count} 件，{expected}）不符"
    en = (
        "The acknowledgement names {count} parcels as {contents}, release instruction {instruction_id} "
        "{expected_count} as {expected}"
    )


class ParcelNotLetGo(GuanlianError):
    status = 409
    zh = "包裹 {parcel_id} 不能列入放行指令：状态 {state}，标记 {flags}；须已放行、尚未离境且未被扣留或查验"
    en = (
        "Parcel {parcel_id} cannot be in a release instruction: it is {state} with {flags}; it must be released, not "
        "departed, and neither held nor under inspection"
    )


class ParcelInstructed(GuanlianError):
    status = 409
    zh = "包裹 {parcel_id} 已在放行指令 {instruction_id} 中；如需改发，请先撤回该指令"
    en = "Parcel {parcel_id} stands in release instruction {instruction_id} already: withdraw that one first"


# ---------------------------------------------------------------------------------------------------
# Contracts: participants


class AccountUnknown(GuanlianError):
    status = 403
    zh = "账户 {account} 不代表任何参与方"
    en = "Account {account} acts for no participant"


class OwnableUnauthorizedAccount(GuanlianError):
    status = 403
    zh = "只有联盟治理账户可以这样做，账户 {account} 不是"
    en = "Only the governance account may do that, and {account} is not it"


class OwnableInvalidOwner(GuanlianError):
    status = 422
    zh = "登记簿必须始终有治理账户，{owner} 不能担任"
    en = "The registry always has an owner, and {owner} cannot be it"


class AccountTaken(GuanlianError):
    status = 409
    zh = "账户 {account} 已代表参与方 {participant_no}"
    en = "Account {account} already acts for participant {participant_no}"


class AccountNotOfParticipant(GuanlianError):
    status = 409
    zh = "账户 {account} 不代表参与方 {participant_no}"
    en = "Account {account} does not act for participant {participant_no}"


class LegalIdentityTaken(GuanlianError):
    status = 409
    zh = "该法律主体已登记为参与方 {participant_no}"
    en = "That legal entity is already registered as participant {participant_no}"


class LegalIdentityMissing(GuanlianError):
    status = 422
    zh = "登记参与方必须提供法律主体标识"
    en = "A participant needs a legal identity"


class ParticipantUnknown(GuanlianError):
    status = 404
    zh = "没有编号为 {participant_no} 的参与方"
    en = "There is no participant {participant_no}"


class ParticipantSuspended(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 已被暂停"
    en = "Participant {participant_no} is suspended"


class RegistrationNotAllowed(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 只能登记商家，不能授予角色集 {roles}"
    en = "Participant {participant_no} may register sellers only, not the role set {roles}"


class RolesInvalid(GuanlianError):
    status = 422
    zh = "角色集 {roles} 与关区 {district} 不合规则：海关必须有关区，且角色集不得为空"
    en = "Role set {roles} with district {district} is not allowed: customs need a district, no set is empty"


class RoleMissing(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 没有所需角色 {role}"
    en = "Participant {participant_no} does not have the role {role}"


# Contracts: blacklist


class ListingUnknown(GuanlianError):
    status = 404
    zh = "没有编号为 {listing_id} 的名单条目"
    en = "There is no listing {listing_id}"


class ListingNotOpen(GuanlianError):
    status = 409
    zh = "名单条目 {listing_id} 已生效、已解除或已到期"
    en = "Listing {listing_id} is already in force, lifted or expired"


class ListingAlreadyLifted(GuanlianError):
    status = 409
    zh = "名单条目 {listing_id} 已解除"
    en = "Listing {listing_id} is already lifted"


class ListingTermInvalid(GuanlianError):
    status = 422
    zh = "截止时间 {until} 必须晚于现在且不超过 {latest}"
    en = "The end {until} must lie in the future and no later than {latest}"


class GroundsMissing(GuanlianError):
    status = 422
    zh = "列入名单必须说明依据并附证据"
    en = "A listing needs grounds and evidence"


class ConfirmationRepeated(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 已提出或确认过条目 {listing_id}，须由另一机关确认"
    en = "Participant {participant_no} imposed or confirmed listing {listing_id} already: another must"


class AppealNotImpartial(GuanlianError):
    status = 409
    zh = "复议机构 {participant_no} 曾确认条目 {listing_id}，不能解除"
    en = "Appeal body {participant_no} confirmed listing {listing_id} itself: it cannot lift it"


class ConfirmationsInvalid(GuanlianError):
    status = 422
    zh = "级别 {level} 所需确认数 {confirmations} 不合规则：至少一个，且不超过 {most}"
    en = "Level {level} cannot need {confirmations} confirmations: at least one, at most {most}"


class ListingsInForceTooMany(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 已有过多生效条目"
    en = "Participant {participant_no} has too many listings in force"


class SelfListing(GuanlianError):
    status = 409
    zh = "机关 {participant_no} 不能把自己列入名单"
    en = "Authority {participant_no} cannot list itself"


class HearingOpen(GuanlianError):
    status = 409
    zh = "条目 {listing_id} 的陈述申辩期至 {until} 届满，在此之前不能确认"
    en = "Listing {listing_id} cannot be confirmed before its party was heard, until {until}"


class ListedPartyOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不能代条目 {listing_id} 的当事人陈述"
    en = "Participant {participant_no} may not speak for the party of listing {listing_id}"


class ListingNotInForce(GuanlianError):
    status = 409
    zh = "名单条目 {listing_id} 未生效或已终止"
    en = "Listing {listing_id} is not in force"


class AppealTooLate(GuanlianError):
    status = 409
    zh = "条目 {listing_id} 的申诉期已于 {latest} 届满"
    en = "Listing {listing_id} could be appealed until {latest} only"


class AppealRepeated(GuanlianError):
    status = 409
    zh = "条目 {listing_id} 已经申诉过"
    en = "Listing {listing_id} was appealed before"


class AppealMissing(GuanlianError):
    status = 409
    zh = "条目 {listing_id} 没有待决的申诉"
    en = "No appeal against listing {listing_id} waits for a decision"


class RepairTooEarly(GuanlianError):
    status = 409
    zh = "条目 {listing_id} 须至 {earliest} 才能申请信用修复"
    en = "Credit repair of listing {listing_id} may be asked for from {earliest} on"


class RepairPending(GuanlianError):
    status = 409
    zh = "条目 {listing_id} 的信用修复申请尚未决定"
    en = "Credit repair of listing {listing_id} is asked for and not decided yet"


class RepairMissing(GuanlianError):
    status = 409
    zh = "条目 {listing_id} 没有待决的信用修复申请"
    en = "Nobody asked for credit repair of listing {listing_id}"


class ImposingAuthorityOnly(GuanlianError):
    status = 403
    zh = "条目 {listing_id} 的信用修复由提出机关决定，参与方 {participant_no} 不是"
    en = "Repair of listing {listing_id} is for its imposing authority, which participant {participant_no} is not"


class HearingWindowInvalid(GuanlianError):
    status = 422
    zh = "陈述申辩期 {hearing_window} 秒过长：最长 {longest} 秒"
    en = "A hearing of {hearing_window} seconds is too long: at most {longest}"


# Contracts: working days


class CalendarMissing(GuanlianError):
    status = 409
    zh = "尚未公布 {year} 年的工作日历，期限无法计算"
    en = "The working days of {year} are not published: the deadline cannot be reckoned"


class CalendarInvalid(GuanlianError):
    status = 422
    zh = "{year} 年的工作日历不合规则：共 {working_days} 个工作日"
    en = "That is no calendar of {year}: it has {working_days} working days"


class CalendarPast(GuanlianError):
    status = 409
    zh = "{year} 年已开始的 {days_begun} 天不能更正"
    en = "The {days_begun} days of {year} that have begun cannot be corrected"


class WorkingDaysInvalid(GuanlianError):
    status = 422
    zh = "期限 {working_days} 个工作日不合规则：应为 1 至 {most}"
    en = "A clock of {working_days} working days is not allowed: 1 to {most}"


# Contracts: rights


class RightUnknown(GuanlianError):
    status = 404
    zh = "没有编号为 {right_id} 的知识产权备案"
    en = "There is no right {right_id}"


class HolderOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不是备案 {right_id} 的权利人"
    en = "Participant {participant_no} does not hold right {right_id}"


class HeadquartersOnly(GuanlianError):
    status = 403
    zh = "备案由海关总署（参与方 {headquarters_no}）决定，参与方 {participant_no} 不是"
    en = "Headquarters (participant {headquarters_no}) decide, not participant {participant_no}"


class SelfApproval(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 不能审批自己的备案 {right_id}"
    en = "Participant {participant_no} cannot decide on its own right {right_id}"


class ApplicationPending(GuanlianError):
    status = 409
    zh = "备案 {right_id} 的申请（{application}）尚未决定"
    en = "An application ({application}) for right {right_id} is not decided yet"


class ApplicationMissing(GuanlianError):
    status = 409
    zh = "备案 {right_id} 没有待决的申请"
    en = "Nothing is asked for right {right_id}"


class RenewalTooEarly(GuanlianError):
    status = 409
    zh = "备案 {right_id} 须至 {earliest}（届满前六个月）才能续展"
    en = "Right {right_id} may be renewed in its last six months, from {earliest} on"


class RightNotInForce(GuanlianError):
    status = 409
    zh = "备案 {right_id} 未生效或已终止"
    en = "Right {right_id} is not in force"


class UnderlyingRightEnds(GuanlianError):
    status = 422
    zh = "基础权利于 {underlying_until} 届满，不晚于 {earliest}，不能备案或续展"
    en = "The underlying right ends at {underlying_until}, no later than {earliest}: nothing to record"


class HeadingInvalid(GuanlianError):
    status = 422
    zh = "{heading} 不是有效的四位税目"
    en = "{heading} is no HS heading of four digits"


class HeadingsInvalid(GuanlianError):
    status = 422
    zh = "备案应列 1 至 {most} 个税目，现为 {count}"
    en = "A right names 1 to {most} HS headings, not {count}"


class LicenseeInvalid(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 不是已登记且有效的商家，不能被许可"
    en = "Participant {participant_no} is no registered, active seller: it cannot be licensed"


class LicenceTermInvalid(GuanlianError):
    status = 422
    zh = "许可的截止时间 {until} 必须晚于现在"
    en = "The end {until} of a licence must lie in the future"


class LicenceMissing(GuanlianError):
    status = 409
    zh = "商家 {seller_no} 没有备案 {right_id} 的有效许可"
    en = "Seller {seller_no} has no licence under right {right_id}"


class CommitmentMissing(GuanlianError):
    status = 422
    zh = "缺少证据、依据、标识、商品或种子的承诺值"
    en = "A commitment is missing: to evidence, grounds, marks, goods or a seed"


# Contracts: infringement cases


class RegistriesDiffer(GuanlianError):
    status = 422
    zh = "包裹账本的登记簿 {registry} 与备案合约的登记簿 {other_registry} 不同"
    en = "The ledger asks registry {registry}, the rights ask {other_registry}: they must be one"


class CaseUnknown(GuanlianError):
    status = 404
    zh = "没有编号为 {case_id} 的侵权案件"
    en = "There is no case {case_id}"


class CaseStateUnfit(GuanlianError):
    status = 409
    zh = "案件 {case_id} 处于 {state}，不能这样做"
    en = "Case {case_id} is {state}: that cannot be done now"


class RouteUnfit(GuanlianError):
    status = 409
    zh = "案件 {case_id} 属于 {route} 途径，不能这样做"
    en = "Case {case_id} goes the route {route}, which has no such act"


class ClockRunOut(GuanlianError):
    status = 409
    zh = "案件 {case_id} 的期限已于 {deadline} 届满"
    en = "The clock of case {case_id} has run out at {deadline}"


class ClockRunning(GuanlianError):
    status = 409
    zh = "案件 {case_id} 的期限至 {deadline} 才届满"
    en = "The clock of case {case_id} runs until {deadline}"


class ComplainantOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不是案件 {case_id} 的权利人"
    en = "Participant {participant_no} is not the complainant of case {case_id}"


class InvestigatorOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不是办理案件 {case_id} 的海关"
    en = "Participant {participant_no} does not investigate case {case_id}"


class PartiesNotSeparate(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 不能兼任：权利人 {complainant_no}、办案海关 {investigator_no} 与复议机关须各不相同"
    en = (
        "Participant {participant_no} cannot be two parties: complainant {complainant_no}, "
        "investigator {investigator_no} and appeal body are three"
    )


class AppellantUnfit(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不是案件 {case_id} 的货主，不能申诉"
    en = "Participant {participant_no} may not appeal in case {case_id}: the goods are not its own"


class InvestigatorUnfit(GuanlianError):
    status = 422
    zh = "参与方 {participant_no} 不是海关，不能受理"
    en = "Participant {participant_no} is no customs office: no complaint can be made to it"


class GoodsNotCovered(GuanlianError):
    status = 409
    zh = "备案 {right_id} 不包括税目 {heading} 的商品"
    en = "Right {right_id} does not cover goods of heading {heading}"


class ParcelsNotHeld(GuanlianError):
    status = 409
    zh = "关区 {district} 没有扣留申报批 {manifest} 的包裹 {parcels}"
    en = "District {district} does not hold parcels {parcels} of manifest {manifest}"


class GoodsValueInvalid(GuanlianError):
    status = 422
    zh = "货物价值 {goods_value} 分不合规则"
    en = "Goods cannot be worth {goods_value} fen"


class SecurityInvalid(GuanlianError):
    status = 422
    zh = "担保 {security} 分不合规则：应为 {required} 至 {most} 分"
    en = "Security of {security} fen is not allowed: {required} to {most} fen"


class CounterBondNotAllowed(GuanlianError):
    status = 409
    zh = "案件 {case_id} 的权利为 {kind}：只有专利案件可以提供反担保"
    en = "Case {case_id} is about a {kind}: a bond releases goods in patent cases only"


class BondTooSmall(GuanlianError):
    status = 422
    zh = "案件 {case_id} 的反担保 {bond} 分不足：至少 {required} 分"
    en = "A bond of {bond} fen is too small in case {case_id}: at least {required} fen"


class DisposalLast(GuanlianError):
    status = 409
    zh = "案件 {case_id} 只剩销毁一种处置方式"
    en = "Case {case_id} has no way of disposal left but destruction"


class AlreadyDisposed(GuanlianError):
    status = 409
    zh = "案件 {case_id} 的货物已处置：{disposal}"
    en = "The goods of case {case_id} are disposed of already: {disposal}"


# Contracts: the draw


class CommitmentUsed(GuanlianError):
    status = 409
    zh = "种子承诺 {commitment} 已经用过，其种子可能已经公开"
    en = "Commitment {commitment} was used before: its seed may be known"


class RoundLengthInvalid(GuanlianError):
    status = 422
    zh = "抽签轮次长度 {length} 个区块不合规则：{least} 至 {most}"
    en = "A round of {length} blocks is not allowed: {least} to {most}"


class RatesInvalid(GuanlianError):
    status = 422
    zh = "抽查比例 {direct_rate}、{review_rate}、{inspect_rate}（万分比）不合规则：逐级不减，且不超过 10000"
    en = "Rates {direct_rate}, {review_rate}, {inspect_rate} of 10000 are not allowed: none falls, none exceeds 10000"


class RoundAhead(GuanlianError):
    status = 409
    zh = "关区 {district} 的第 {number} 轮抽签在区块 {opens_at} 之后才开始，最多提前一轮"
    en = "Round {number} of district {district} begins after block {opens_at}: one round ahead is the most"


class RoundUnknown(GuanlianError):
    status = 404
    zh = "关区 {district} 没有第 {number} 轮抽签"
    en = "District {district} has no round {number}"


class HashNotReady(GuanlianError):
    status = 409
    zh = "关区 {district} 第 {number} 轮抽签须待区块 {hash_block} 产生之后"
    en = "Round {number} of district {district} waits for block {hash_block} to be in the past"


class RoundStateUnfit(GuanlianError):
    status = 409
    zh = "关区 {district} 第 {number} 轮抽签处于 {state}，不能这样做"
    en = "Round {number} of district {district} is {state}: that cannot be done now"


class SeedWrong(GuanlianError):
    status = 409
    zh = "公布的种子与关区 {district} 第 {number} 轮的承诺不符（其承诺值为 {commitment}）"
    en = "That seed is not what district {district} committed to in round {number}: it commits to {commitment}"


class FailureAlreadyDeclared(GuanlianError):
    status = 409
    zh = "关区 {district} 第 {number} 轮抽签的失败已经记录"
    en = "The failure of round {number} of district {district} is on record already"


# Contracts: parcels


class SellerBarred(GuanlianError):
    status = 409
    zh = "商家（参与方 {seller_no}）已被列入黑名单，链上拒绝其申报与放行"
    en = "The seller (participant {seller_no}) is barred: the chain refuses its declarations and releases"


class SellerUnknown(GuanlianError):
    status = 409
    zh = "参与方 {seller_no} 不是已登记且有效的商家"
    en = "Participant {seller_no} is not a registered, active seller"


class ManifestTaken(GuanlianError):
    status = 409
    zh = "申报批 {manifest} 已经申报"
    en = "Manifest {manifest} is already declared"


class ManifestUnknown(GuanlianError):
    status = 404
    zh = "链上没有申报批 {manifest}"
    en = "The chain has no manifest {manifest}"


class ManifestSizeInvalid(GuanlianError):
    status = 422
    zh = "一份申报批应含 1 至 256 个包裹，现为 {count}"
    en = "A manifest holds 1 to 256 parcels, not {count}"


class SupervisionModeInvalid(GuanlianError):
    status = 422
    zh = "监管方式 {supervision_mode} 不适用于该进出口方向"
    en = "Supervision mode {supervision_mode} does not exist for that direction"


class DistrictMissing(GuanlianError):
    status = 422
    zh = "申报必须写明申报地关区和口岸关区"
    en = "A declaration names a declaring and a port district"


class ParcelsUnknown(GuanlianError):
    status = 422
    zh = "申报批 {manifest} 中没有所指的包裹 {parcels}"
    en = "Manifest {manifest} has no such parcels: {parcels}"


class DistrictNotCompetent(GuanlianError):
    status = 403
    zh = "参与方 {participant_no}（关区 {district}）对申报批 {manifest} 的步骤 {step} 无管辖权"
    en = "Participant {participant_no} (district {district}) has no say over step {step} of manifest {manifest}"


class StepNotAllowed(GuanlianError):
    status = 409
    zh = "步骤 {step} 不能用于处于当前状态的包裹 {parcels}"
    en = "Step {step} is not allowed in the present state of parcels {parcels}"


class FlagsMissing(GuanlianError):
    status = 409
    zh = "步骤 {step} 需要 {flags}，包裹 {parcels} 尚未具备"
    en = "Step {step} needs {flags}, which parcels {parcels} lack"


class FlagsBlocking(GuanlianError):
    status = 409
    zh = "步骤 {step} 被 {flags} 阻止，涉及包裹 {parcels}"
    en = "Step {step} is blocked by {flags} on parcels {parcels}"


class EvidenceMissing(GuanlianError):
    status = 422
    zh = "每一步骤都必须附证据"
    en = "Every step needs evidence"


class ProofInvalid(GuanlianError):
    status = 422
    zh = "申报批 {manifest} 第 {index} 个包裹的成员证明不成立"
    en = "The membership proof of parcel {index} in manifest {manifest} does not hold"


class DuplicateInvalid(GuanlianError):
    status = 422
    zh = "两个证明指向同一个包裹位置，不构成重复申报"
    en = "Both proofs point at the same place: that is no duplicate"


class DuplicateAlreadyReported(GuanlianError):
    status = 409
    zh = "该重复申报（申报批 {manifest} 第 {index} 个包裹）已经报告"
    en = "That duplicate (manifest {manifest}, parcel {index}) was reported before"


# ---------------------------------------------------------------------------------------------------
# Certificates to sign messages with


class CertificateTaken(GuanlianError):
    """A certificate belongs to one participant at a time; governance revokes one that was registered wrongly."""

    status = 409
    zh = "证书 {fingerprint} 已由另一参与方登记，登记有误时由联盟治理方注销"
    en = "Certificate {fingerprint} is registered by another participant; if wrongly, governance revokes it"


class CertificateRevoked(GuanlianError):
    status = 409
    zh = "证书 {fingerprint} 已于 {at} 注销，不能再次登记"
    en = "Certificate {fingerprint} was revoked at {at} and is not registered again"


class CertificatesTooMany(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 最多可有 {most} 份有效证书，请先注销不再使用的"
    en = "Participant {participant_no} may have {most} certificates in use: revoke one first"


# ---------------------------------------------------------------------------------------------------
# Messages


class MessageMalformed(GuanlianError):
    status = 400
    zh = "报文无法解析：{reason}"
    en = "The message cannot be read: {reason}"


class MessageTooLarge(GuanlianError):
    status = 413
    zh = "报文过大：{what} 最多 {most}"
    en = "The message is too large: at most {most} {what}"


class DtdForbidden(GuanlianError):
    status = 400
    zh = "报文不得含有文档类型声明或实体"
    en = "A message must not declare a document type or entities"


class MessageTypeUnknown(GuanlianError):
    status = 422
    zh = "不支持的报文类型：{type}（命名空间 {namespace}）"
    en = "No such message type here: {type} (namespace {namespace})"


class DocumentsTooMany(GuanlianError):
    status = 422
    zh = "一个报文最多 {most} 份单证，现为 {count}"
    en = "A message holds at most {most} documents, not {count}"


class MessageRefused(GuanlianError):
    """Not one document of a message was taken; `documents` beside it has every fault of each."""

    status = 422
    zh = "报文中的 {count} 份单证全部未被接受：{first_zh}"
    en = "Not one of the message's {count} documents was taken: {first_en}"


class MessageStructureInvalid(GuanlianError):
    """The frame around the documents is wrong; `faults` lists everything found, not only the first."""

    status = 422
    zh = "报文结构不符合规范：{summary_zh}"
    en = "The message's structure breaks the specification: {summary_en}"
