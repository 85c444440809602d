"""What tests of findings share: read them shortly, and check their codes against the module's list."""


def told(module, findings, *others):
    """Return ``[code, …]`` of findings after checking that the module, or one of ``others``, declares each code."""
    codes = []
    for finding in findings:
        known = declared(module).union(*(other.CODES for other in others))
        assert finding.code in known, f"{finding.code} is not in CODES"
        assert finding.code.split(".")[0] == finding.rule
        assert finding.source
        assert all(isinstance(value, (str, int)) for value in finding.params.values())
        codes.append(finding.code)
    return codes


def declared(module):
    """Return the codes of a module and of the modules of rules from which it takes findings."""
    codes = set(module.CODES)
    for value in vars(module).values():
        home = getattr(value, "__module__", "") or ""
        if home.startswith("mobility.rules.") and home != module.__name__:
            codes |= set(__import__(home, fromlist=["CODES"]).__dict__.get("CODES", ()))
    return codes
