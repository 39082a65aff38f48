"""The command `gradproof`, also as `python -m gradproof`: nothing is imported before failures have a status."""

import sys


def main() -> int:
    """Run the command and return its exit status; where it cannot even begin, Python's own would be "wrong"."""
    try:
        from .commands.main import main as command

        return command()
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # also SystemExit, by which a module of the user's would choose the status
        try:  # noqa: SIM105 - nothing is imported for it, which might fail, too
            print(f"gradproof: cannot run: {type(problem).__name__}: {problem}", file=sys.stderr)
        except OSError:
            pass
        return 2


if __name__ == "__main__":
    sys.exit(main())
