"""The resident's pages: the code, appointments, who looked, who acts for whom. Installable; shows the code offline.

Owns no data: the page is a shell, and everything personal comes through the API with the resident's own session.
"""
