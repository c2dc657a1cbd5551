"""The official calendar as rules see it: read from its tables, for whoever works out or shows dates."""
