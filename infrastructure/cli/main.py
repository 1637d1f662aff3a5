"""The start of the `tocsin` command: nothing is imported before an interruption is quiet."""

import gc
import sys

INTERRUPTED = 130
# Most of what a short command makes lives to its end: looking for garbage only takes time.
SELDOM = 300_000


def main() -> int:
    """Run the command that was typed; give its exit status."""
    gc.set_threshold(SELDOM)
    try:
        from infrastructure.cli.program import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
