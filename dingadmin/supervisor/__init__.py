"""`manage.py up`: the whole embedded stack as children of one process, started, watched and stopped together."""
