"""Studies of other programs, in and out: every reader makes a `Draft`, every writer takes one, each with a report."""
