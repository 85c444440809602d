"""What runs when every page, command, job and daily entry is driven once: the walk, what it records, the exceptions."""
