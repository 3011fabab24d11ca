"""The desk: the pages of people at work. The day and its queue, booking for somebody in front, referrals.

Owns: pages and scripts, nothing in the database. Whoever signs in gets a cookie that ends after a quarter of an idle
hour; every right is asked of the API's doors, and a page leaves out what they do not open.
Never: keeps anything about a person on the machine, which several people use. There is no worker and no cache.
"""
