"""Where do the pictures of the README and the site come from? From real runs, each drawn from its saved answer.

python docs/make_pictures.py            writes docs/pictures/*.svg
python docs/make_pictures.py --check    changes nothing; exit code 1 if one would change
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"


@dataclass(frozen=True)
class Made:
    """How a picture is made.

    Attributes:
        commands: of dscheck, in turn, in an empty folder; the last but one writes `saved.json`.
        codes: how each of them must end.
    """

    commands: tuple[str, ...]
    codes: tuple[int, ...]


PICTURES = {
    "two_inside": Made(
        ("new mutex", "check specs/mutex.dsc --format json -o saved.json", "report saved.json --run 1 --format svg"),
        (0, 1, 0),
    ),
    "worksheet": Made(
        (
            f"schedule {ROOT}/specs/lamport_worksheet.dsc --check sheet --format json -o saved.json",
            "report saved.json --run 1 --format svg",
        ),
        (0, 0),
    ),
}


def drawn(name: str) -> str:
    """The SVG document of one picture.

    Raises:
        RuntimeError: a command did not end as it should.
    """
    made = PICTURES[name]
    output = ""
    with tempfile.TemporaryDirectory() as folder:
        for command, code in zip(made.commands, made.codes, strict=True):
            done = subprocess.run(
                [sys.executable, "-m", "dscheck", *command.split()],
                cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
                env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": folder, "XDG_CACHE_HOME": folder},
            )  # fmt: skip
            if done.returncode != code:
                raise RuntimeError(f"dscheck {command}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
            output = done.stdout
    return output.replace(f"{ROOT}/", "")


def main() -> None:
    """Write the pictures, or say which would change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing")
    only_check = parser.parse_args().check
    changed = []
    for name in PICTURES:
        path, text = FOLDER / f"{name}.svg", drawn(name)
        if not path.exists() or path.read_text("utf-8") != text:
            changed.append(name)
            if not only_check:
                path.write_text(text, "utf-8")
    sys.stdout.write("".join(f"{name}.svg {'would change' if only_check else 'written'}\n" for name in changed))
    sys.exit(1 if only_check and changed else 0)


if __name__ == "__main__":
    main()
