"""What platforms write about a person, in the languages that their exports come in. Data, not rules.

Words are in lower case with underscores, as `states.spread` writes them. Stems are the beginnings of a word.
"""

from __future__ import annotations

from broadsheet.audience.words import words

# Said of a mailing and of nothing else: a column of these is a status whatever its header says.
TELLING_ACTIVE = words(
    """
    subscribed opted_in single_opt_in double_opt_in confirmed_opt_in subscribed_single subscribed_double abonniert
    angemeldet abonne abonné abonnée inscrit inscrite suscrito suscrita inscrito inscrita iscritto iscritta ingeschreven
    geabonneerd aangemeld subskrybuje zapisany zapisana prenumererar tilmeldt påmeldt tilattu підписаний підписана
    подписан подписана подписан_а přihlášen přihlášený odebírá abone 購読中 登録済み 配信中 مشترك 已订阅 订阅中
    """
)
ACTIVE = words(
    """
    active confirmed enabled optin opt_in subscriber member regular premium free paid comp gift gifted trial trialing
    past_due engaged current valid ok yes y true 1 on enable clicked opened delivered verified allowed deliverable
    explicit express implied implicit aktiv aktiva activo activa attivo attiva ativo ativa actif active actief aktywny
    aktywna активний активна активен активный активная aktivní aktif bestätigt confirmé confirmada confirmado
    confermato bevestigd potwierdzony 有効 نشط 有效
    """
)
TELLING_PENDING = words(
    """
    unconfirmed unactivated needs_confirmation not_confirmed in_confirmation non_subscribed nonsubscribed non_subscriber
    never_subscribed not_subscribed no_consent not_opted_in no_opt_in confirmation_pending unactive
    awaiting_confirmation pending_confirmation unbestätigt nicht_bestätigt nicht_abonniert non_abonné non_inscrit
    non_confirmé no_suscrito sin_confirmar no_confirmado não_inscrito não_confirmado non_iscritto non_confermato
    niet_bevestigd onbevestigd niet_ingeschreven niepotwierdzony niepotwierdzona obekräftad ubekræftet ubekreftet
    vahvistamaton непідтверджений не_підтверджено не_подтвержден неподтвержден nepotvrzený onaylanmadı 仮登録 未確認
    غير_مؤكد 待确认 未订阅
    """
)
PENDING = words(
    """
    pending unverified waiting awaiting validating unvalidated transactional upcoming ausstehend en_attente pendiente
    pendente in_attesa oczekujący oczekująca in_afwachting väntar afventer odottaa очікує ожидает čeká beklemede
    قيد_الانتظار 保留
    """
)
TELLING_LEFT = words(
    """
    unsubscribed unsubscribe unsub unsubs unsubscribes opted_out opt_out optout optedout unsubscribed_by_admin
    suppressed_request suppressed_manual unsubscribed_from_all manual_suppression do_not_email do_not_mail
    do_not_contact suppressed abgemeldet ausgetragen désabonné désabonnée desabonne désinscrit désinscrite baja
    dado_de_baja dada_de_baja desuscrito desinscrito descadastrado disiscritto disiscritta uitgeschreven afgemeld
    wypisany wypisana zrezygnował zrezygnowała avprenumererad avregistrerad afmeldt avmeldt peruttu відписаний
    відписана відписався відписалася отписан отписана отписался отписалась odhlášen odhlášený abonelikten_çıktı
    配信停止 購読解除 解除 退会 ملغى_الاشتراك ألغى_الاشتراك 已退订 退订
    """
)
LEFT = words(
    """
    inactive removed deleted disabled cancelled canceled archived left churned no n false 0 off paused excluded
    not_active revoked withdrawn expired denied none stopped stop forgotten erased anonymized anonymised inaktiv
    gelöscht gesperrt inactivo inactiva eliminado cancelado cancelada borrado inattivo cancellato cancellata
    eliminata inativo removido inactif supprimé bloqué verwijderd inactief geblokkeerd usunięty nieaktywny zablokowany
    raderad slettet poistettu видалений неактивний удален удалён неактивный smazán neaktivní pasif silindi 停止 無効
    محذوف غير_نشط
    """
)
TELLING_BOUNCED = words(
    """
    cleaned suppressed_bounce bounced bounce bounces hard_bounced hard_bounce hardbounced hardbounce soft_bounced
    soft_bounce undeliverable undelivered unreachable blocklisted blacklisted blocked_listed bounced_hard invalid_email
    email_invalid bereinigt unzustellbar gebounct gebounced nettoyé rebond rejeté rebotado limpiado limpio rimbalzato
    respinto rejeitado limpo devolvido opgeschoond onbestelbaar odbity odbita zwrócony zwrócona niedostarczalny studsad
    afvist avvist palautunut недоставлено недоступний недоступен недоставлен nedoručitelný geri_döndü エラー 不達
    配信不能 مرتد 退信
    """
)
BOUNCED = words("invalid dead nonexistent non_existent rejected junk blocked banned")
TELLING_COMPLAINED = words(
    """
    complained suppressed_complaint complaint complaints spam_complaint spam_complaints abuse_complaint marked_as_spam
    reported_as_spam reported_spam spam_reported spam_report
    """
)
COMPLAINED = words("spam spammed spammy abuse complainer reported")

TRUE = frozenset(words("yes y true 1 on x ja oui si sí sim tak так да evet kyllä ano verdadero wahr vrai verdadeiro"))
FALSE = frozenset(
    words("no n false 0 off nein non não nao nie ні нет nej nei nee hayır ei ne falso falsch faux onwaar fałsz")
)
# What spreadsheets and databases write where nothing is.
NOTHING = frozenset(words("never none null nil na n_a nan not_set unknown"))

# Beginnings of words that tell in a header, a status or a file's name that somebody left, bounced or complained.
LEFT_STEMS = words(
    """
    unsub blacklist blocklist suppress optout optedout abgemeldet abmelde abmeldung austrag ausgetragen désabonn
    desabonn désinscri desinscri desuscri disiscri descadastr cancelación cancelamento bajas uitgeschreven uitschrij
    afgemeld afmeld avmeld avregistr avprenumer wypis rezygnac відпис отпис odhláš peruut 配信停止 購読解除 解除 退会
    退订
    """
)
BOUNCED_STEMS = words(
    "bounc hardbounc cleaned undeliver unreachable unzustellbar rebot rebond rimbalz odbit недостав 不達"
)
COMPLAINED_STEMS = words("complain spam abuse")
