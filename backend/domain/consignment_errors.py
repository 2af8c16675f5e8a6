"""Refusals of the consignment contract; the tree's root and rules are in `errors`."""

from __future__ import annotations

from backend.domain.errors import GuanlianError


class ConsignmentTaken(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 已用同一编号开立"
    en = "Consignment {consignment} was opened under that reference before"


class ConsignmentUnknown(GuanlianError):
    status = 404
    zh = "没有运输批 {consignment}"
    en = "There is no consignment {consignment}"


class ConsignmentStageUnfit(GuanlianError):
    status = 409
    zh = "运输批 {consignment}（{kind}）处于 {stage}，不能这样做"
    en = "Consignment {consignment} ({kind}) is {stage}: that cannot be done now"


class NumberInUse(GuanlianError):
    status = 409
    zh = "该关锁号或总运单号（{number}）正由未结的运输批 {consignment} 使用"
    en = "That seal or master waybill ({number}) belongs to consignment {consignment}, which is open"


class OpenerOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不是运输批 {consignment} 的开立人"
    en = "Participant {participant_no} did not open consignment {consignment}"


class DistrictOfRouteOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 的关区 {district} 对运输批 {consignment} 的这一步骤无管辖权"
    en = "Participant {participant_no} (district {district}) has no say over that act on consignment {consignment}"


class TerminalOnly(GuanlianError):
    status = 403
    zh = "参与方 {participant_no} 不是运输批 {consignment} 所指的货站"
    en = "Participant {participant_no} is not the cargo terminal of consignment {consignment}"


class TerminalUnfit(GuanlianError):
    status = 422
    zh = "参与方 {terminal_no} 不是监管场所经营人，不能作为货站"
    en = "Participant {terminal_no} operates no supervised site and cannot be the cargo terminal"


class ContentsDiffer(GuanlianError):
    status = 409
    zh = "所报内容（{presented}）与运输批 {consignment} 所承诺的内容（{committed}）不符"
    en = "What is presented ({presented}) is not what consignment {consignment} commits to ({committed})"


class ContentsMissing(GuanlianError):
    status = 422
    zh = "运输批 {consignment} 没有包裹"
    en = "Consignment {consignment} has no parcels"


class ContentsInside(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 内还有 {count} 个包裹，不能取消"
    en = "Consignment {consignment} still holds {count} parcels and cannot be cancelled"


class EntriesTooMany(GuanlianError):
    status = 422
    zh = "运输批 {consignment} 的清单达到 {entries} 行，最多 {most} 行"
    en = "The list of consignment {consignment} would have {entries} entries: {most} are the most"


class StepHalfPresented(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 的步骤尚未报完（{pending}），须先报完其余部分"
    en = "A step of consignment {consignment} is half presented ({pending}): its other pieces come first"


class ParcelsNotInside(GuanlianError):
    status = 422
    zh = "运输批 {consignment} 的该行不含申报批 {manifest} 的包裹 {parcels}"
    en = "That entry of consignment {consignment} does not hold parcels {parcels} of manifest {manifest}"


class TakingNotAllowed(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 处于 {stage}，不能以 {reason} 为由取出包裹"
    en = "Consignment {consignment} is {stage}: nothing is taken out for the reason {reason} now"


class ContentsShort(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 列有 {count} 个包裹，只找到 {found} 个：须先取出缺少的包裹"
    en = "Consignment {consignment} lists {count} parcels and {found} were found: take the missing ones out first"


class AnomaliesUnsettled(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 还有 {count} 项异常未处理"
    en = "Consignment {consignment} has {count} anomalies that are not settled"


class LaneUnknown(GuanlianError):
    status = 404
    zh = "没有编号为 {lane_id} 的转关通道"
    en = "There is no lane {lane_id}"


class LaneTermsInvalid(GuanlianError):
    status = 422
    zh = (
        "转关通道 {origin_district} 至 {port_district} 的约定不合规则：须为两个关区，"
        "运输 {transit_hours} 小时、确认 {acknowledge_hours} 小时各为 1 至 720，提前通知 {notice_days} 天不超过 366"
    )
    en = (
        "The terms of a lane from {origin_district} to {port_district} are not allowed: two districts, transit "
        "({transit_hours}) and acknowledgement ({acknowledge_hours}) 1 to 720 hours, notice ({notice_days}) at most "
        "366 days"
    )


class LaneSignatoryUnfit(GuanlianError):
    status = 403
    zh = "转关通道 {lane_id} 不由关区 {district} 签署"
    en = "District {district} is not the one to sign for lane {lane_id}"


class LaneTextDiffers(GuanlianError):
    status = 409
    zh = "所接受的文本（{text}）不是转关通道 {lane_id} 所提议的文本"
    en = "The text accepted ({text}) is not the one that was proposed for lane {lane_id}"


class LaneStateUnfit(GuanlianError):
    status = 409
    zh = "转关通道 {lane_id} 已经生效（{accepted_at}）或已经终止（{ends_at}）"
    en = "Lane {lane_id} was accepted ({accepted_at}) or ended ({ends_at}) already"


class LaneUnfit(GuanlianError):
    status = 409
    zh = "转关通道 {lane_id} 不能用于 {origin_district} 至 {port_district}：转关须有生效的通道，总运单不得填写通道"
    en = (
        "Lane {lane_id} does not serve {origin_district} to {port_district}: a transit needs one in force, a master "
        "waybill names none"
    )


class AnomalyUnknown(GuanlianError):
    status = 404
    zh = "没有编号为 {anomaly_id} 的异常"
    en = "There is no anomaly {anomaly_id}"


class AnomalyUnfit(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 处于 {stage}，不存在异常 {kind}，或其期限未到"
    en = "Consignment {consignment} is {stage}: there is no {kind} now, or its limit still runs"


class AnomalyOpen(GuanlianError):
    status = 409
    zh = "运输批 {consignment} 的异常 {kind} 已经提出，尚未处理"
    en = "Anomaly {kind} of consignment {consignment} is raised already and not settled"


class AnomalyOwnerOnly(GuanlianError):
    status = 403
    zh = "异常 {anomaly_id} 由关区 {owner_district} 处理，不由关区 {district} 处理"
    en = "Anomaly {anomaly_id} is for district {owner_district} to settle, not for district {district}"


class AnomalyAlreadySettled(GuanlianError):
    status = 409
    zh = "异常 {anomaly_id} 已经处理"
    en = "Anomaly {anomaly_id} is settled already"
