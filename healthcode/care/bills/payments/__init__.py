"""Payments and refunds: what is asked of a channel, and what became of it.

A payment is an intent that our own rows keep before anything outside is asked, so nothing that happens outside can be lost
here. The worker asks the channels, in no transaction, and writes what it learned in one; a callback is a hint that is
proved and then counted like an answer. Money that belongs to no bill any more goes back the way it came.
"""
