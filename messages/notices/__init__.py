"""What people have to know or to do: raised by whoever meets it, told on the overview until it is over or put away."""
