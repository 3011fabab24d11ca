"""The itemised list of a bill (费用清单) as a paper: every item, what it comes to, why, and what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass

from healthcode.care.bills import rows
from healthcode.care.bills.models import Bill, BillLine, CreditNote
from healthcode.care.bills.payments import service as payments
from healthcode.care.bills.payments.service.receipts import Proved
from healthcode.care.bills.service import whole
from healthcode.core import clock
from healthcode.core.caller import Caller
from healthcode.core.paper import Column, Paper
from healthcode.core.words import Language, Words
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents

TITLE = Words("费用清单", "Itemised list of a bill")
_STATES = {
    "issued": Words("待付", "to be paid"),
    "balanced": Words("已结清", "paid"),
    "cancelled": Words("作废", "void"),
}
_CLASSES = {"A": Words("甲", "A"), "B": Words("乙", "B"), "C": Words("丙", "C")}
_RECEIPTS = 3  # whose codes are printed; more is a bill that was paid in many parts


@dataclass(frozen=True)
class Itemised:
    """What stands on the list."""

    bill: Bill
    credit_notes: Sequence[CreditNote]
    receipts: Sequence[Proved]
    institution: Words
    name: str  # as far as the reader may read it


def itemised(caller: Caller, *, bill_id: str) -> Itemised:
    """Raises NotFound, WrongState (of a draft)."""
    bill = rows.look(caller, bill_id)
    rows.make_sure_is(bill, *_STATES)
    where = institutions.named(bill.institution_id)
    return Itemised(
        bill,
        whole(bill).credit_notes,
        payments.receipts_of_bill(caller, bill_id=bill_id),
        Words(where.name, where.name_en or where.name),
        residents.display_names(caller, [bill.resident_id]).get(bill.resident_id, ""),
    )


def draw(shown: Itemised, *, language: Language, receipt_at: str) -> bytes:
    """The paper. `receipt_at` is the address at which receipts are proved. Raises paper.TooLong."""

    def say(zh: str, en: str) -> str:
        return Words(zh, en).pick(language)

    bill = shown.bill
    paper = Paper(TITLE.pick(language), issuer=shown.institution.pick(language))
    facts = [
        (say("姓名", "Name"), shown.name),
        (say("账单号", "Bill number"), bill.number or ""),
        (say("就诊日期", "Day of the visit"), bill.day.isoformat()),
        (say("状态", "State"), _STATES[bill.state].pick(language)),
        (say("待遇", "Benefit"), say("门诊慢特病", "chronic disease") if bill.is_chronic else ""),
        (say("作废单号", "Cancellation number"), bill.cancellation_number or ""),
    ]
    paper.facts([fact for fact in facts if fact[1]])
    paper.heading(say("项目", "Items"))
    titles = [
        (say("项目", "Item"), 0.34), (say("类别", "Class"), 0.08), (say("数量", "Count"), 0.12),
        (say("单价", "Price"), 0.14), (say("金额", "Amount"), 0.16), (say("本人付", "Your part"), 0.16),
    ]  # fmt: skip
    columns = [Column(title, share, "left" if at < 2 else "right") for at, (title, share) in enumerate(titles)]
    paper.table(columns, [_row(line, language) for line in bill.lines])
    paper.heading(say("合计", "What it comes to"))
    sums = [
        (say("总额", "Total"), bill.total_fen),
        (say("医保付", "Insurance takes"), -bill.pool_fen),
        (say("补助付", "Supplements take"), -bill.supplement_fen),
        (say("本人付", "Your part"), bill.own_fen),
        (say("退费", "Taken off again"), -bill.credited_own_fen),
        (say("已付", "Paid"), bill.paid_fen),
        (say("还要付", "Still to pay"), bill.due_fen),
    ]
    paper.facts([(name, yuan(fen)) for at, (name, fen) in enumerate(sums) if fen or at in (0, 3)])
    if bill.steps:
        paper.heading(say("为什么要付这么多", "Why you pay this"))
        paper.facts([(yuan(step["fen"]), step[language]) for step in bill.steps])
    if shown.credit_notes:
        paper.heading(say("退费单", "Credit notes"))
        paper.facts([(note.number, yuan(-note.total_fen)) for note in shown.credit_notes])
    for one in shown.receipts[:_RECEIPTS]:
        _receipt(paper, one, language, receipt_at)
    paper.text(
        say(f"打印于 {clock.today().isoformat()}。金额以系统里的账单为准。",
            f"Printed on {clock.today().isoformat()}. What counts is the bill in the service."),
        is_soft=True,
    )  # fmt: skip
    return paper.finish()


def _row(line: BillLine, language: Language) -> list[str]:
    name = Words(line.name, line.name_en or line.name).pick(language)
    if line.returned:
        name += Words(f"（已退 {line.returned}）", f" ({line.returned} returned)").pick(language)
    count = f"{line.quantity} {line.unit}"
    return [
        name,
        _CLASSES[line.insurance_class].pick(language),
        count,
        *(yuan(fen) for fen in (line.unit_price_fen, line.amount_fen, line.own_fen)),
    ]


def _receipt(paper: Paper, one: Proved, language: Language, receipt_at: str) -> None:
    receipt = one.receipt
    when = clock.local(receipt.at).strftime("%Y-%m-%d %H:%M")
    caption = Words(
        f"收据 {receipt.number}：{when} 付 {yuan(receipt.amount_fen)}。扫码核对真假，不用登录。",
        f"Receipt {receipt.number}: {yuan(receipt.amount_fen)} paid {when}. Scan to check it, without signing in.",
    )
    paper.heading(Words("收据", "Receipt").pick(language))
    paper.code(f"{receipt_at}#{one.token}", caption.pick(language))


def yuan(fen: int) -> str:
    """123450 → ¥1,234.50; what is taken off has its minus in front."""
    whole_yuan, rest = divmod(abs(fen), 100)
    return f"{'−' if fen < 0 else ''}¥{whole_yuan:,}.{rest:02}"
