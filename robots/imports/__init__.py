"""CSV files of robots and recipients: all of a file is imported, or nothing of it and every mistake is told."""
