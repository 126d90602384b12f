"""Story to Edition, pure: categorise, cluster, rank, pick, revise. No I/O, no clock, no chance."""
