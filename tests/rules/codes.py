"""What tests of findings share: read them shortly, and check their codes against the module's list."""


def told(module, findings):
    """Return ``[code, …]`` of findings after checking that the module declares each code and the verdict fits."""
    codes = []
    for finding in findings:
        assert finding.code in declared(module), f"{finding.code} is not in CODES"
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
