"""A recurring broadcast as people see it: its rule in words, its next dates with the reasons, and what they may do."""
