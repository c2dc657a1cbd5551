"""Fires what is planned, claims what is due, sends it, records what came back. The database is the only truth.

tick:  fire due broadcasts -> give up what cannot go out -> find lost calls -> wake a pump
pump:  (record what finished + claim what fits, one transaction) -> calls outside any transaction -> again
"""
