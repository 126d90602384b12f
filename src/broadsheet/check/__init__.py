"""RenderedEdition to Findings: structure, links, mail clients, size, contrast. Pure: no file, socket, clock, chance."""

from broadsheet.check.checking import blocks, check_mail, check_rendered
from broadsheet.check.mail import Answer, AnswerState, Context, Mail

__all__ = ["Answer", "AnswerState", "Context", "Mail", "blocks", "check_mail", "check_rendered"]
