"""What the pages say in English of release instructions.

Every key stands in `zh_instructions.py` too; a test compares them.
"""

from __future__ import annotations

EN_INSTRUCTIONS: dict[str, str] = {
    "console.nav.instructions": "Release instructions",
    "instruction.title": "Release instructions to terminals",
    "instruction.lead": "Customs tell a terminal which released parcels it may load; the terminal answers within the "
    "limit. What nobody answers in time, or what is refused, is an exception until customs settle "
    "it. Every step stands on the chain.",
    "instruction.open": "Only those to be answered or settled",
    "instruction.all": "Ended ones too",
    "instruction.none": "No instruction waits for anybody.",
    "instruction.one": "Release instruction {number}",
    "instruction.due": "To be answered by",
    "instruction.issued": "Given",
    "instruction.customs": "Customs",
    "instruction.terminal": "Terminal",
    "instruction.count": "Parcels",
    "instruction.contents": "Commitment to these parcels",
    "instruction.bill_no": "Master bill",
    "instruction.terminal_no": "Terminal (participant number)",
    "instruction.limit_minutes": "Minutes to answer",
    "instruction.parcels": "Parcel ids, where no bill is named",
    "instruction.parcels.title": "Parcels",
    "instruction.morethan": "Only the first {number} are shown here; the API gives all.",
    "instruction.issue": "Give an instruction",
    "instruction.issue.lead": "All or nothing: one parcel that is not released, held or "
    "under inspection refuses the whole.",
    "instruction.acknowledge.lead": "Count what stands on your loading list and type the number; "
    "another number than customs' is "
    "refused.",
    "instruction.loaded": "Parcels on the loading list",
    "instruction.reason": "Reason",
    "instructionstage.Waiting": "waits for the terminal",
    "instructionstage.Acknowledged": "acknowledged",
    "instructionstage.AcknowledgedLate": "acknowledged late",
    "instructionstage.Overdue": "not answered in time",
    "instructionstage.Refused": "refused by the terminal",
    "instructionstage.Withdrawn": "withdrawn",
    "instructionstage.Settled": "settled by customs",
    "instructionfact.Issued": "Given to the terminal",
    "instructionfact.Acknowledged": "Acknowledged by the terminal",
    "instructionfact.Refused": "Refused by the terminal",
    "instructionfact.Overdue": "The limit passed without an answer",
    "instructionfact.Withdrawn": "Withdrawn by customs",
    "instructionfact.Settled": "Settled by customs",
    "instructionact.Acknowledged": "Acknowledge",
    "instructionact.Refused": "Refuse",
    "instructionact.Withdrawn": "Withdraw",
    "instructionact.Settled": "Settle the exception",
}
