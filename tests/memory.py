"""How much memory a test's own program took; text to put into that program."""

#: Defines ``megabytes()``: the most that this process held. (``ru_maxrss`` would count what its parent held too.)
PROBE = """
def megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
"""
