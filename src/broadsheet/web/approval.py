"""The page behind the link of an approval mail: GET shows, POST approves."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request as WebRequest
from starlette.responses import Response

from broadsheet.desk import Desk
from broadsheet.desk.approval_mail import Request, Standing, approve_request, request_by_link
from broadsheet.desk.previewing import sample_html
from broadsheet.errors import BroadsheetError
from broadsheet.web.frame import Frame
from broadsheet.web.wording import PageLanguage, accepted, best_language


class ApprovalPages:
    """The pages of one project. An editor's link is all that they take; what it may do is written in it."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def page(self, desk: Desk, request: WebRequest, _: FormData) -> Response:
        """Show what is to be approved, and change nothing."""
        asked = request_by_link(desk, request.path_params["token"])
        language = _language(request, asked)
        if asked is None:
            return self._frame.gone(language, request)
        return self._shown(request, asked, language)

    def approve(self, desk: Desk, request: WebRequest, form: FormData) -> Response:
        """Approve just what the link is about."""
        asked = request_by_link(desk, request.path_params["token"])
        language = _language(request, asked)
        if asked is None:
            return self._frame.gone(language, request)
        if asked.standing is not Standing.OPEN:
            return self._shown(request, asked, language)
        try:
            approve_request(desk, asked, [str(rule) for rule in form.getlist("acknowledged")])
        except BroadsheetError as error:
            return self._shown(request, asked, language, notice=f"{error.message[:1].upper()}{error.message[1:]}")
        return self._told(asked, language, Standing.APPROVED)

    def mail(self, desk: Desk, request: WebRequest, _: FormData) -> Response:
        """Show the mail as a sample reader sees it."""
        asked = request_by_link(desk, request.path_params["token"])
        if asked is None or asked.rendered is None:
            return self._frame.gone(_language(request, asked), request)
        return self._frame.edition(sample_html(asked.rendered))

    def _shown(self, request: WebRequest, asked: Request, language: PageLanguage, notice: str = "") -> Response:
        if asked.standing is not Standing.OPEN or asked.rendered is None:
            return self._told(asked, language, asked.standing)
        prefix = self._frame.prefix(asked.publication)
        return self._frame.page(
            language, "approve_title", template="approve.html.j2", publication=asked.publication, notice=notice,
            lines=[language.say("approve_bound", editor=asked.editor, hash=asked.rendered.hash[:12])],
            subject=asked.rendered.subject, look=f"{prefix}/e/{request.path_params['token']}/mail",
            findings=asked.findings, blocking=asked.blocking_rules, status=422 if notice else 200,
        )  # fmt: skip

    def _told(self, asked: Request, language: PageLanguage, standing: Standing) -> Response:
        return self._frame.page(
            language, f"approve_{standing}_title", publication=asked.publication,
            lines=[language.words[f"approve_{standing}_text"]],
            status=200 if standing is Standing.APPROVED else 409,
        )  # fmt: skip


def _language(request: WebRequest, asked: Request | None) -> PageLanguage:
    own = [asked.publication.language] if asked else []
    return best_language([*accepted(request.headers.get("accept-language", "")), *own])
