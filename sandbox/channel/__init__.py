"""A payment channel in the form of WeChat Pay's API v3, for trying things out and for tests: no money moves.

    python -m sandbox.channel --port 9300 --folder var/channel --merchant 1900000001 [--notify URL]

Merchants sign what they ask, the channel signs what it answers and tells. The folder holds its orders (`channel.db`)
and, from the first start, the keys of both sides: `merchant_key.pem`, `channel_key.pem`, `channel_pub.pem`,
`apiv3.key` (32 bytes) and `serials.json`.

Doors of the merchant, signed: `/v3/pay/transactions/…`, `/v3/refund/domestic/refunds…`, `/v3/bill/tradebill`.
Doors of whoever tries things out, unsigned: `/sandbox/pay/{number}`, `/sandbox/decline/{number}`, `/sandbox/faults`,
`/sandbox/clock`, `/sandbox/callbacks/send`, `/sandbox/state`.

Where it differs from the real one: the day's statement is the answer itself, a signed CSV in fen, and not the address
of a file in yuan; a callback that is not taken is not sent again until `/sandbox/callbacks/send` says so; a refund is
answered PROCESSING, and done at once.
"""
