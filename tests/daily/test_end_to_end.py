"""The sixteen feeds of one day, from an empty folder to a real Postfix, as `benchmarks.run` does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deliver.postfix import POSTFIX


@pytest.mark.slow
@pytest.mark.skipif(POSTFIX is None, reason="needs Postfix (apt-get install postfix)")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, because Postfix gives its parts other users")
def test_a_day_of_real_feeds_reaches_every_mailbox_once(shared_data: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.run", str(shared_data / "feeds" / "files"), "--readers", "25"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["sources"] == 16
    assert found["picks"] >= 20
    assert (found["sent"], found["delivered"], found["delivered_again"]) == (25, 25, 0)
    assert list(found["stage_seconds"]) == ["gather", "pick", "render", "check", "approve", "send"]
