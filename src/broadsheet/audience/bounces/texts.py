"""Find the addresses that a text, in whatever form, says it could not deliver to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
# Where the copy of the sent message begins. Spaces count for themselves here, so "\ " is written for one.
_QUOTED = re.compile(
    r"""
    ^(?: [-=_*\s>]{0,30} (?:the\ )? (?:original|returned|unsent|undelivered|attached|below|included|failed)? [\ -]*
         (?: copy\ of\ (?:the\ |your\ )? | (?:message|mail|header)s?\ (?:header|text|body|follows|is\ |contents?)
           | original\ (?:message|mail) | unsent\ message | message\ header | returned\ message | below\ this\ line
           | this\ is\ a\ copy | message\ follows | body\ of\ (?:the\ )?(?:original\ )?message
           | transcript\ of\ (?:the\ )?original )
       | [-=]{3,}.{0,3} (?:original|return|unsent|message|header|copy|your|included|start)
       | received:\s*(?:from|by|\() | return-path:\s | message-id:\s*< | x-[a-z-]+:\s )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# An address at the head of a line, as nearly all systems write it, and what is said about it there.
_ALONE = re.compile(
    rf"""
    ^[\s>*•\d.)-]{{0,12}} (?:smtp:|rfc822;|to:|recipients?:|recipient\ address:|user:|address:|mailto:|e-?mail:)? \s*
    [<"'(\[]* (?P<a>{_ADDRESS}) [>"')\]]*
    (?P<rest> \s*(?:[:;,(\[-].*
              | \s+(?:on|is|was|has|error|fail|user|unknown|mailbox|no\ such|does|invalid|reject|over|not)\b.*
              | \s(?:\.\.\.|-|\().* | \.{{3}}.*)? )$
    """,
    re.IGNORECASE | re.VERBOSE,
)
# An address that a sentence names.
_INLINE = re.compile(
    rf"""
    (?: rcpt\ to: | addressed, | dda:smtp | recipients?(?:\ address(?:es)?)?(?:\ was|\ is|\ were)?:?
      | intended\ (?:recipient|for):? | deliver\w*\ (?:\S+\ ){{0,3}}?to | sent?\ to
      | (?:mail|message)\S*\ (?:\S+\ ){{0,3}}?(?:to|for) | user | mailbox(?:\ for)? | address(?:\ of)? | account
      | to\ reach | mailing[\ -]list
      | unknown | undeliverable(?:\ to)? | failed(?:\ for)? | rejected | error:? | to: | for
      | destinataire\w* | an | empf[äa]nger:? | did\ not\ reach:? | addressed\ to | original-recipient:
      | final-recipient: | bounced:? | invalid:? | known\ user )
    (?: \s+ | \s*(?=[<"'(\[:;=]) ) (?:[:;=]\s*)? (?:rfc822;\s*|smtp[:=]\s*)? [<"'(\[]*
    (?P<a>{_ADDRESS})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A line of the head of the sent message, as some reports quote it.
_HEAD = re.compile(
    r"[\s>]*(?:to|from|cc|subject|sent|date|sender|reply-to|message-id|(?:list|mime|content|x)-[a-z-]+):", re.IGNORECASE
)
# A line of a transcript (`550 <ada@example.com>... User unknown`) says all there is to say about its address.
_TRANSCRIPT = re.compile(r"\s*[45]\d\d[ -]\S+\.\.\. *\S")
_NOT_A_READER = re.compile(
    r"^(?:mailer-daemon|postmaster|abuse|hostmaster|helpdesk|support|help|mail-?admin\w*)@", re.I
)
_TROUBLE = re.compile(
    r"fail|deliver|reject|unknown|error|refus|invalid|return|undeliver|bounc|full|quota|not |no such|unable|problem|"
    r"could|rcpt|recipient|address|delay|disabled|suspend|inactive|warning|not found|exceed|\b[45]\d\d\b|retri|queue",
    re.IGNORECASE,
)


def cut_original(text: str) -> str:
    """Give a report's own words: up to where the copy of the sent message begins."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number > 2 and _QUOTED.match(line) and any(re.search(_ADDRESS, before) for before in lines[:number]):
            return "\n".join(lines[:number])
    return text


def named_in(notice: str) -> list[tuple[str, str]]:
    """List the addresses that a report's own words say it could not deliver to, each with the words about it.

    First those that stand at the head of a line, as nearly all systems write them; else those a sentence names.
    """
    if not _TROUBLE.search(notice):
        return []
    notice = _without_heads(notice)
    found = list(_at_line_heads(notice)) or list(_in_sentences(notice))
    seen: dict[str, tuple[str, str]] = {}
    for address, text in found:
        if not _NOT_A_READER.match(address):
            seen.setdefault(address.lower(), (address, text))
    return list(seen.values())


def _without_heads(notice: str) -> str:
    """Take out quoted heads of the sent message: whom it was *for* need not be whom it did not reach."""
    kept: list[str] = []
    for is_head, lines in groupby(notice.split("\n"), lambda line: bool(_HEAD.match(line))):
        run = list(lines)
        names = {line.partition(":")[0].strip(" \t>").lower() for line in run} if is_head else set()
        if not ("to" in names and names & {"from", "subject", "sent", "date"}):
            kept += run
    return "\n".join(kept)


def _at_line_heads(notice: str) -> Iterator[tuple[str, str]]:
    lines = notice.split("\n")
    for number, line in enumerate(lines):
        match = _ALONE.match(line)
        if match is None:
            continue
        before = " ".join(lines[max(0, number - 6) : number])
        after = "" if _TRANSCRIPT.match(line) else _paragraph(lines, number + 1)
        about = f"{match['rest'].strip(' :')} {after}".strip()
        if _says_sender(before) and not _TROUBLE.search(about):
            continue
        if _TROUBLE.search(before) or _TROUBLE.search(about):
            yield match["a"], about
            if alias := re.match(rf"\s*\(expanded from:?\s*<?({_ADDRESS})", "".join(lines[number + 1 : number + 2])):
                yield alias[1], about


def _says_sender(before: str) -> bool:
    return bool(
        re.search(r"(?:message sent by|from|sender|reply[- ]to|contact|mail sent by):?\s*$", before.strip(), re.I)
    )


def _paragraph(lines: list[str], start: int) -> str:
    taken: list[str] = []
    for line in lines[start : start + 12]:
        if _ALONE.match(line) or (not line.strip() and taken):
            break
        if line.strip():
            taken.append(line.strip())
    return " ".join(taken)


def _in_sentences(notice: str) -> Iterator[tuple[str, str]]:
    flat = re.sub(r"\s+", " ", notice)
    for match in _INLINE.finditer(flat):
        around = flat[max(0, match.start() - 200) : match.end() + 300]
        if re.search(
            r"(?:contact|write to|forward|please|try|emailing(?: to)?|reply to|mail from:?|sender)\s*[<(]?$",
            flat[: match.start("a")][-40:],
            re.I,
        ):
            continue
        if _TROUBLE.search(around):
            yield match["a"], around


def original_recipients(text: str) -> list[str]:
    """Find whom a quoted copy of the sent message was addressed to."""
    found: list[str] = []
    for match in re.finditer(rf"^[>\s|]*(?:to|x-original-to):\s*(.*{_ADDRESS}.*)$", text, re.IGNORECASE | re.MULTILINE):
        found += re.findall(_ADDRESS, match[1])
    return found
