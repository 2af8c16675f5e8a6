"""What the console says in English of the rules that documents are compared by.

Every key stands in `zh_rules.py` too; a test compares them.
"""

from __future__ import annotations

EN_RULES: dict[str, str] = {
    "console.nav.rules": "Rules",
    "console.work.rules": "See by which rules documents are compared, and what each district sets",
    "rules.title": "Rules of comparing",
    "rules.lead": "Order, payment, waybill and declaration are compared "
    "by these rules. Each district's customs may set how.",
    "rules.every": "every district without its own",
    "rules.version": "Version",
    "rules.source.usual": "as the rules say, nothing was set",
    "rules.source.district": "set by the district",
    "rules.source.every district": "set for every district",
    "rules.automatic": "decides by itself: accepts what agrees, rejects what does not",
    "rules.manual": "does not decide by itself: officers do",
    "rules.deadline": "Waits for what is missing",
    "rules.window": "Longest time between the documents",
    "rules.hours": "{count} hours",
    "rules.limits": "Limits: one purchase / a year",
    "rules.receipts": "Modes that still need a receipt of money",
    "rules.formula": "Formula of consumption tax",
    "rules.formula.composite": "composite",
    "rules.formula.reduced_base": "VAT on the reduced consumption tax",
    "rules.versions": "{count} versions",
    "rules.load": "Put a new version in force",
    "rules.load.lead": "JSON, with a version of its own; what it leaves out is as usual. What comes "
    "in or waits is compared by it from then on; decisions that were made stay.",
    "rules.text": "Settings (JSON)",
    "rules.submit": "Put in force",
    "rules.wrong": "Not in force; please correct this",
    "rules.rows": "The rules",
    "rules.says": "What is wrong where it fails",
    "rules.compares": "Fields compared",
    "rules.level": "Effect",
    "rules.tolerance": "Tolerance",
    "rules.here": "Here",
    "rules.off": "switched off",
    "rules.code": "inner code on receipts",
    "rules.level.reject": "rejects",
    "rules.level.wait": "waits",
    "rules.level.hold": "holds the release",
    "rules.level.warn": "warns",
    "rules.level.route": "leaves retail",
    "rules.basis.stated": "stated by specification, announcement or a receipt",
    "rules.basis.practice": "described by practice articles",
    "rules.basis.proposed": "proposed by this project",
}
