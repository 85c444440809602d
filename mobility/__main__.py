"""The command ``mobility``, and ``python -m mobility``: runs the command line; a refusal is one clear sentence."""

import os
import sys

from mobility.cli.lazy import loaded
from mobility.cli.main import commands
from mobility.instance import keep_private, keep_temporary_files

#: What commands that serve make the site with; the application stands above them, so they are only given its name.
APPLICATION = "mobility.app:create_app"


def main() -> None:
    """Run the command line; a refusal is one clear sentence and exit status 2."""
    keep_private()
    keep_temporary_files()
    try:
        commands.main(prog_name="mobility", obj=APPLICATION, standalone_mode=True)
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:
        reason = loaded("mobility.cli.refusals:reason")(error, os.environ)
        if reason is None:
            raise
        sys.stderr.write(f"mobility: {reason}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
