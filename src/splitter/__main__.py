"""`python -m splitter` and the `splitter` command: run, and say in words what went wrong."""

from __future__ import annotations

import sys

from splitter.errors import SplitterError


def main() -> None:
    """Run the command line and exit with the contract's status: 0, 1, 2 or 3, never a traceback."""
    from splitter.cli import app

    try:
        app()
    except SplitterError as error:
        from splitter.reports.console import show_error

        show_error(error)
        sys.exit(error.status)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        print("interrupted; nothing is left half done", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        print(f"error: {name}{error.strerror or error}", file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
