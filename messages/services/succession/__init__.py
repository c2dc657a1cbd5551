"""Somebody leaves, and another takes their place in lists, drafts and broadcasts that are still to fire."""
