"""Referrals: somebody is sent from one institution to another, up or down, and nobody is lost on the way.

    requested ──► accepted ◄──► booked ──► completed        every state before the end may also become
        │          ▲  └──────────│──────────►               rejected (by the receiver, with a reason)
        ▼          │             │                          or cancelled (by the referrer or the resident)
    unattended ────┘ ◄───────────┘

Owns `referrals` and `referral_changes`. A place that is booked with the referral makes it `booked` at once. Where nobody
decides within the urgency's time, or nobody came to the appointment, it is `unattended` and stays on both work lists.
Both sides see a referral through grounds of its own, which end some days after it is closed; what the receiver may read of the
resident ends with a rejection or cancellation at once. Texts are sealed under the resident's own key.

Announces `referral.requested`, `.accepted`, `.booked`, `.completed`, `.rejected`, `.cancelled`, `.unattended`, one for each
change. Hears `appointment.fulfilled`, `.cancelled`, `.missed`, `.moved` of its appointments, `resident.died` and
`resident.erased`. Never opens a resident's other rows to the referrer, and never decides about care.
"""
