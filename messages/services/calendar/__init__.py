"""Writes the official calendar and own days: every act is a version or a row that can be put back, and on record."""
