"""broadsheet.toml to a typed, frozen `Config`. Unknown keys are refused with a guess at what was meant."""

from broadsheet.config.loading import FILE_NAME, load_config, parse_config
from broadsheet.config.mail import Smtp
from broadsheet.config.platforms import Account
from broadsheet.config.project import Config
from broadsheet.config.publication import Publication, SectionPlan
from broadsheet.config.sources import Source

__all__ = [
    "FILE_NAME",
    "Account",
    "Config",
    "Publication",
    "SectionPlan",
    "Smtp",
    "Source",
    "load_config",
    "parse_config",
]
