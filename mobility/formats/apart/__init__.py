"""Reading files of strangers in a process of its own: what the site calls, and the program that reads."""
