"""The resident's page: their code, who looked at their data, who acts for them. Installable; shows the code offline.

Owns no data: the page is a shell, and everything personal comes through the API with the resident's own session.
"""
