"""One text, and what each group reads of it: without database and clock."""
