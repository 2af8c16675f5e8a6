"""What the pages say in English of notices to platforms.

Every key stands in `zh_notices.py` too; a test compares them.
"""

from __future__ import annotations

EN_NOTICES: dict[str, str] = {
    "console.nav.notices": "Platform notices",
    "platformnotice.title": "Notices to platforms",
    "platformnotice.lead": "A rights holder tells a platform of a seller's goods; the platform acts and tells the "
    "seller, who may answer. Fifteen days after the answer reached the holder the measures end, unless it complained "
    "or sued. E-commerce Law, articles 42 to 44; customs' list is not touched by any of this.",
    "platformnotice.none": "No notice here.",
    "platformnotice.one": "Notice {number}",
    "platformnotice.yourturn": "your turn",
    "platformnotice.platform": "Platform",
    "platformnotice.seller": "Seller",
    "platformnotice.platform_no": "Platform (participant number)",
    "platformnotice.seller_no": "Seller (participant number)",
    "platformnotice.right_name": "Right",
    "platformnotice.right_id": "Recordal with customs, if there is one (number)",
    "platformnotice.goods": "Goods, and where they are offered",
    "platformnotice.note": "Evidence and reasons (for the parties only)",
    "platformnotice.give": "Give notice",
    "platformnotice.give.lead": "Prima facie evidence of infringement belongs to it; a wrong notice makes liable.",
    "platformnotice.publiconly": "What was said is for the parties to read.",
    "noticestage.Noticed": "waits for the platform's measures",
    "noticestage.Measures": "measures stand",
    "noticestage.Answered": "answered; to be forwarded",
    "noticestage.Forwarded": "forwarded; fifteen days run",
    "noticestage.RunOut": "fifteen days over; measures to be ended",
    "noticestage.Contested": "complaint or suit under way",
    "noticestage.Ended": "measures ended",
    "noticestage.Withdrawn": "withdrawn",
    "noticefact.Noticed": "Notice",
    "noticefact.MeasuresTaken": "Measures taken",
    "noticefact.StatementMade": "Statement of no infringement",
    "noticefact.StatementForwarded": "Statement forwarded to the holder",
    "noticefact.ActionTold": "Complaint or suit told of",
    "noticefact.MeasuresEnded": "Measures ended",
    "noticefact.Withdrawn": "Notice withdrawn",
    "noticeact.MeasuresTaken": "Tell of measures",
    "noticeact.StatementMade": "State that there is no infringement",
    "noticeact.StatementForwarded": "Forward the statement",
    "noticeact.ActionTold": "Tell of a complaint or suit",
    "noticeact.MeasuresEnded": "End the measures",
    "noticeact.Withdrawn": "Withdraw the notice",
}
