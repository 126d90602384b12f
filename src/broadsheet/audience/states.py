"""What a platform's words say about a person: may be written to, left, never again, or not yet.

A row is active only where nothing in it says otherwise; of two statements the more restrictive holds.
"""

from __future__ import annotations

import re
from enum import IntEnum

from broadsheet.audience.words import words
from broadsheet.model import Consent, SuppressionReason


class Standing(IntEnum):
    """Where a row's person stands, from welcome to never: the greater wins."""

    ACTIVE = 0
    PENDING = 1
    UNSUBSCRIBED = 2
    BOUNCED = 3
    COMPLAINED = 4

    @property
    def consent(self) -> Consent:
        """Give the state of the subscription."""
        if self is Standing.ACTIVE:
            return Consent.IMPORTED
        return Consent.PENDING if self is Standing.PENDING else Consent.UNSUBSCRIBED

    @property
    def suppression(self) -> SuppressionReason | None:
        """Give the reason never to write to the address again, if there is one."""
        if self is Standing.BOUNCED:
            return SuppressionReason.BOUNCE
        return SuppressionReason.COMPLAINT if self is Standing.COMPLAINED else None


_WORDS: dict[Standing, tuple[str, ...]] = {
    Standing.ACTIVE: words(
        """
        active subscribed confirmed enabled optin opted_in opt_in single_opt_in double_opt_in subscriber member
        regular premium free paid comp gift gifted trial trialing past_due subscribed_single subscribed_double
        engaged current valid ok yes y true 1 on enable clicked opened delivered verified allowed deliverable
        explicit express implied implicit aktiv abonniert abonne abonné inscrit inscrite suscrito activo attivo
        iscritto ingeschreven
        """
    ),
    Standing.PENDING: words(
        """
        pending unconfirmed unactivated unverified waiting awaiting needs_confirmation not_confirmed validating
        unvalidated in_confirmation transactional non_subscribed nonsubscribed non_subscriber never_subscribed
        not_subscribed no_consent confirmation_pending unactive awaiting_confirmation pending_confirmation
        upcoming ausstehend unbestätigt en_attente pendiente in_attesa
        """
    ),
    Standing.UNSUBSCRIBED: words(
        """
        unsubscribed unsubscribe unsub opted_out opt_out optout optedout inactive removed deleted disabled
        cancelled canceled archived left churned unsubscribed_by_admin no n false 0 off paused excluded
        suppressed suppressed_request suppressed_manual unsubs unsubscribes not_active unsubscribed_from_all
        revoked withdrawn expired denied none abgemeldet desabonne désabonné désabonnée désinscrit désinscrite
        baja dado_de_baja inactivo disiscritto uitgeschreven
        """
    ),
    Standing.BOUNCED: words(
        """
        cleaned suppressed_bounce bounced bounce bounces hard_bounced hard_bounce hardbounced hardbounce
        soft_bounced undeliverable invalid dead nonexistent non_existent undelivered rejected junk blocked
        blocklisted blacklisted blocked_listed banned bounced_hard invalid_email gebounct rebotado rebond
        """
    ),
    Standing.COMPLAINED: words(
        """
        complained suppressed_complaint complaint complaints spam spammed spammy spam_complaint spam_complaints
        abuse abuse_complaint marked_as_spam reported_as_spam reported_spam complainer reported
        """
    ),
}
_MEANING = {word: standing for standing, known in _WORDS.items() for word in known}
TRUE = frozenset(words("yes y true 1 on x ja oui si sí verdadero wahr vrai"))
FALSE = frozenset(words("no n false 0 off nein non falso falsch faux"))


def tidy(text: str) -> str:
    """Write a word of a header or a status in lower case with underscores."""
    return re.sub(r"[^\w]+", "_", text.strip().casefold()).strip("_")


def standing_of_word(word: str) -> Standing | None:
    """Read a status. None for a word that nobody taught us."""
    return _MEANING.get(tidy(word))


_IN_FILE_NAMES = frozenset(
    words(
        """
    subscribed unsubscribed unsubscribes unsubs cleaned bounced bounces complained complaints spam blocked
    blocklisted blacklisted suppressed nonsubscribed unconfirmed pending
    """
    )
)


def standing_of_file_name(stem: str) -> Standing | None:
    """Read what a platform puts into the name of an export: `cleaned_members_...`, `unsubscribed.csv`."""
    words = _IN_FILE_NAMES.intersection(re.split(r"[^a-z]+", stem.casefold()))
    return max((_MEANING[word] for word in words), default=None)
