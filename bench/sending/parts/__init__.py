"""One module per part; each has `measure(plan, stand) -> Iterator[Result]`."""
