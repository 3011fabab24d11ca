"""The second floor: may they?"""
