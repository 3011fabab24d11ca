"""The scanner's page: reads codes by camera, picture, paste or keyboard, with a line and without. Installable.

Owns no data: what it verified while offline waits in the device's own store and is sent through the API.
"""
