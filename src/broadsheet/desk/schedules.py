"""Write what a scheduler needs to start `broadsheet run`: systemd, cron, Kubernetes, GitHub Actions.

Each starts the run every few minutes. The run itself knows what is due (see plan.py), so a late, doubled or missed
start does no harm, and a scheduler's own idea of time zones and clock changes does not matter.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError

LONGEST_LABEL = 52  # of a CronJob's name, which must leave room for what Kubernetes adds to it
CALM = (
    "3|75"  # an editor must approve; another run is at work, or mail is deferred: no failures, the next start goes on
)
CRONTAB_HEAD = """\
# What is printed, each problem once, is mailed to the owner of this crontab. Variables that hold secrets go above the
# line, without quotes: BROADSHEET_SMTP_PASSWORD=...
"""
CONTAINER_PROGRAM = "/opt/broadsheet/bin/broadsheet"  # where the Containerfile puts it
KINDS = ("systemd", "cron", "kubernetes", "github")


@dataclass(frozen=True)
class Installation:
    """Files to write (by name), and the commands that put them to work."""

    files: dict[str, str]
    commands: tuple[str, ...]


def write_installation(desk: Desk, kind: str, *, program: Path, folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """Write the files for one kind of scheduler into a folder. Gives the paths and the commands to type next.

    Raises ConfigError where that scheduler could make readers get an edition twice.
    """
    sending = [publication.name for publication in desk.config.publications.values() if publication.then == "send"]
    if kind == "github" and sending:
        raise ConfigError(
            f"a workflow keeps its state by a commit after the run; if that fails, {sending[0]} would be sent twice",
            advice='Set then = "export" for a workflow, or send from a machine that keeps its disk (systemd, cron).',
        )
    project = desk.folder.resolve()
    made = installation(kind, program=program, project=project, name=project.name)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in made.files], made.commands


def installation(kind: str, *, program: Path, project: Path, name: str) -> Installation:
    """Compose the files for one kind of scheduler. `name` is a short label; paths are absolute."""
    label = f"broadsheet-{re.sub(r'[^a-z0-9-]+', '-', name.lower())}"[:LONGEST_LABEL].strip("-")
    return {"systemd": _systemd, "cron": _cron, "kubernetes": _kubernetes, "github": _github}[kind](
        label, program, project
    )


def _unit_path(path: Path) -> str:
    # systemd.unit(5): % begins a specifier, and quotes keep blanks.
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def _systemd(label: str, program: Path, project: Path) -> Installation:
    service = f"""\
[Unit]
Description=Make and send the digest of {str(project).replace("%", "%%")}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
# Variables that hold secrets, NAME=value a line; the file is yours alone (chmod 600), and may be missing.
EnvironmentFile=-{str(project).replace("%", "%%")}/secrets.env
ExecStart={_unit_path(program)} -C {_unit_path(project)} run
# 3: an editor must approve; 75: another run is at work, or mail is deferred. Both are normal.
SuccessExitStatus={CALM.replace("|", " ")}
TimeoutStartSec=6h
Nice=5
"""
    timer = """\
[Unit]
Description=Start the digest's run; it knows what is due

[Timer]
OnCalendar=*:0/5
Persistent=true
AccuracySec=10s

[Install]
WantedBy=timers.target
"""
    return Installation(
        {f"{label}.service": service, f"{label}.timer": timer},
        (
            f"mkdir -p ~/.config/systemd/user && cp {label}.service {label}.timer ~/.config/systemd/user/",
            f"systemctl --user daemon-reload && systemctl --user enable --now {label}.timer",
            'loginctl enable-linger "$USER"   # keeps it going while nobody is logged in',
        ),
    )


def _cron(label: str, program: Path, project: Path) -> Installation:
    command = f"{shlex.quote(str(program))} -C {shlex.quote(str(project))} run --quiet"
    # crontab(5): an unescaped % ends the command.
    line = f"*/5 * * * * {command}".replace("%", "\\%")
    return Installation(
        {f"{label}.crontab": f"{CRONTAB_HEAD}{line}\n"},
        (f"(crontab -l 2>/dev/null; cat {label}.crontab) | crontab -",),
    )


def _kubernetes(label: str, program: Path, project: Path) -> Installation:
    manifest = f"""\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {label}
spec:
  schedule: "*/5 * * * *"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            fsGroup: 10001
          containers:
            - name: broadsheet
              image: broadsheet:latest   # built from the Containerfile
              # exit codes {CALM}: somebody must approve, or the next start goes on; neither is a failed job
              command: ["/bin/sh", "-c"]
              args:
                - {CONTAINER_PROGRAM} -C /project run || case $? in {CALM}) ;; *) exit 1 ;; esac
              envFrom:
                - secretRef:
                    name: {label}        # the SMTP password and other secrets
                    optional: true
              volumeMounts:
                - name: project
                  mountPath: /project
                - name: scratch
                  mountPath: /tmp
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
          volumes:
            - name: project            # one node at a time: SQLite wants a disk, not a network share
              persistentVolumeClaim:
                claimName: {label}
            - name: scratch
              emptyDir: {{}}
"""
    return Installation({f"{label}.yaml": manifest}, (f"kubectl apply -f {label}.yaml",))


def _github(label: str, program: Path, project: Path) -> Installation:
    workflow = """\
name: digest
on:
  schedule:
    - cron: "*/15 * * * *"     # late starts do no harm; the run knows what is due
  workflow_dispatch:
concurrency:
  group: digest
  cancel-in-progress: false
permissions:
  contents: write
jobs:
  run:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install 'broadsheet[all]'
      - run: broadsheet run || case $? in CALM) ;; *) exit 1 ;; esac
        env:
          BROADSHEET_SMTP_PASSWORD: ${{ secrets.BROADSHEET_SMTP_PASSWORD }}
          BROADSHEET_SECRET: ${{ secrets.BROADSHEET_SECRET }}
      - name: Keep the state, whatever happened
        if: always()
        run: |
          git config user.name digest
          git config user.email digest@users.noreply.github.com
          git add -f broadsheet.db && (git diff --cached --quiet || git commit -m "Keep the digest's state")
          git push
      - name: Hand over what was made
        if: always()
        uses: actions/upload-artifact@v4
        with:
          name: out
          path: out/
          if-no-files-found: ignore
""".replace("CALM", CALM)
    return Installation(
        {f"{label}.yml": workflow},
        (
            "# in a private repository: it holds the newsroom's drafts",
            f"mkdir -p .github/workflows && cp {label}.yml .github/workflows/",
            "git add .github && git commit -m 'Run the digest' && git push",
        ),
    )
