"""The configuration as it stands now: read when its file changes, and the last good one while it cannot be read."""

from __future__ import annotations

import threading
from pathlib import Path

from broadsheet.config import Config, load_config
from broadsheet.desk.opening import CONFIG_NAME
from broadsheet.errors import BroadsheetError, ConfigError


class CurrentConfig:
    """A project's configuration, for threads to share. `trouble` says why the last good one is in use."""

    def __init__(self, folder: Path, publication: str) -> None:
        self._folder, self._publication = folder, publication
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._config: Config | None = None
        self.trouble: BroadsheetError | None = None

    def read(self) -> Config:
        """Give the configuration. Raises ConfigError while there was never a good one."""
        with self._lock:
            try:
                facts = (self._folder / CONFIG_NAME).stat()
                seen = (facts.st_mtime_ns, facts.st_size)
                if self._config is None or seen != self._seen:
                    self._seen = seen
                    config = load_config(self._folder)
                    config.publication(self._publication)
                    self._config, self.trouble = config, None
            except (OSError, ConfigError) as error:
                if self._config is None:
                    raise
                self.trouble = error if isinstance(error, ConfigError) else ConfigError(f"cannot be read: {error}")
            return self._config
