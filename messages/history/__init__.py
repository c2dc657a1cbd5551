"""Read-only queries for the pages. Nothing here writes."""
