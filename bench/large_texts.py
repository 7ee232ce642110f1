"""How long does dscheck think about a large file? CPU seconds per megabyte, and how that grows with the size.

    python bench/large_texts.py [--megabytes 1]

Each text is read and checked at a quarter of the size and at the whole: a growth near 4 is linear.
"""

import argparse
import platform
import time

import dscheck

PIECES = {
    "sound declarations": "const CONSTANT_NUMBER_{i} = {i} in 0..1000000\n",
    "faulty declarations": "const = = {i}\n",
    "functions": "def function_{i}(a, b) = a + b * {i} if a < b else b - a\n",
    "comments": "# nothing to see here\n",
    "open brackets": "const x = (\n",
}


def text_of(piece: str, size: int) -> str:
    """A spec of about `size` characters."""
    pieces, length, number = ["protocol Large\n"], 0, 0
    while length < size:
        line = piece.replace("{i}", str(number))
        pieces.append(line)
        length += len(line)
        number += 1
    return "".join(pieces)


def seconds_for(text: str) -> float:
    """CPU seconds to check `text`."""
    started = time.process_time()
    dscheck.check_text(text, max_states=10)
    return time.process_time() - started


def main() -> None:
    """Print one row per kind of text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=1.0)
    size = int(parser.parse_args().megabytes * 1_000_000)
    seconds_for("protocol P\n")  # imports and the grammar are not what is measured
    print(f"{platform.machine()}, Python {platform.python_version()}, {size / 1e6:g} MB")
    print(f"{'text':<22}{'quarter':>10}{'whole':>10}{'growth':>8}")
    for name, piece in PIECES.items():
        quarter, whole = (seconds_for(text_of(piece, part)) for part in (size // 4, size))
        print(f"{name:<22}{quarter:>8.2f} s{whole:>8.2f} s{whole / quarter:>8.1f}")


if __name__ == "__main__":
    main()
