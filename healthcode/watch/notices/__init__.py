"""Notices: residents are told what happened to them.

Owns `notices`. Hears what other rooms announce of a resident, and writes one row for each event that they did not bring about
themselves: what a proxy, a member of staff, a clinic or the clock did. A notice holds ids, codes and moments; its words are made
when it is read, in the reader's language, and whoever may book for a resident reads them too. Announces nothing. Never decides,
never tells the dead, and is the only room that writes to people about what happened.
"""
