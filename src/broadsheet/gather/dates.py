"""Read dates in whatever form a source wrote them. The answer is aware and in UTC, or None: never a guess at a day."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

_ZONES = {
    "utc": 0, "gmt": 0, "ut": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "ist": 330, "cet": 60, "mez": 60, "met": 60,
    "cest": 120, "mesz": 120, "mest": 120, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "jst": 540, "kst": 540,
    "hkt": 480, "sgt": 480, "cst": -360, "cdt": -300, "est": -300, "edt": -240, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180, "nst": -210, "ndt": -150,
    "aest": 600, "aedt": 660, "acst": 570, "acdt": 630, "awst": 480, "nzst": 720, "nzdt": 780, "sast": 120, "brt": -180,
    "art": -180, "et": -300, "ct": -360, "mt": -420, "pt": -480, "gst": 240, "pkt": 300, "wib": 420, "ict": 420,
}  # fmt: skip


def _bare(word: str) -> str:
    """Take case and accents off a word."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


# The months of the languages that real feeds write dates in, by the letters that tell them apart.
_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "jan january januar januari janvier enero gennaio janeiro janv ene gen январь января янв styczeń stycznia sty"
        " ιαν ιανουάριος ιανουαρίου jän jänner leden ledna január január ocak oca tammikuuta january",
        "feb february februar februari février fevrier febrero febbraio fevereiro févr fév fev февраль февраля фев luty"
        " lutego lut φεβ φεβρουάριος φεβρουαρίου únor února február şubat şub helmikuuta",
        "mar march märz maerz mrz maart mars marzo março marco март марта мар marzec marca μαρ μάρτιος μαρτίου březen"
        " března március március mart maaliskuuta mrt mär",
        "apr april avril abril aprile avr abr апрель апреля апр kwiecień kwietnia kwi απρ απρίλιος απριλίου duben dubna"
        " április nisan nis huhtikuuta",
        "may mai mei mayo maggio maio mag май мая maj maja μαϊ μάι μάιος μαΐου květen května május mayıs toukokuuta",
        "jun june juni juin junio giugno junho giu июнь июня июн czerwiec czerwca cze ιουν ιούνιος ιουνίου"
        " červen června június haziran haz kesäkuuta",
        "jul july juli juillet julio luglio julho juil lug июль июля июл lipiec lipca lip ιουλ ιούλιος ιουλίου červenec"
        " července július temmuz tem heinäkuuta",
        "aug august augustus août aout agosto ago август августа авг sierpień sierpnia sie αυγ αύγουστος αυγούστου"
        " srpen srpna augusztus ağustos ağu elokuuta augusti",
        "sep sept september septembre septiembre settembre setembro set сентябрь сентября сен wrzesień września wrz σεπ"
        " σεπτέμβριος σεπτεμβρίου září szeptember eylül eyl syyskuuta",
        "oct october oktober octobre octubre ottobre outubro okt ott out октябрь октября окт październik października"
        " paź οκτ οκτώβριος οκτωβρίου říjen října október ekim eki lokakuuta",
        "nov november novembre noviembre novembro ноябрь ноября ноя listopad listopada lis νοε νοέμβριος νοεμβρίου"
        " listopadu kasım kas marraskuuta",
        "dec december dezember décembre decembre diciembre dicembre dezembro dez déc dic декабрь декабря дек grudzień"
        " grudnia gru δεκ δεκέμβριος δεκεμβρίου prosinec prosince aralık ara joulukuuta",
    ),
    1,
):
    for _name in _names.split():
        _MONTHS[_bare(_name)] = _number

_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap])?(?:\.?m\.?)?(?![a-z\d])", re.IGNORECASE
)
_OFFSET = re.compile(r"(?:gmt|utc)?\s*([+-])(\d{1,2}):?(\d{2})?\b", re.IGNORECASE)
_NUMERIC = re.compile(r"\b(\d{1,4})([./-]) ?(\d{1,2})\2 ?(\d{1,4})\b")
_ISO_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?Z?)?$")
_ISO_LIKE = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[Tt\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?)?\s*(.*)$", re.DOTALL
)
_KOREAN = re.compile(r"(\d{4})\s*[년年]\s*(\d{1,2})\s*[월月]\s*(\d{1,2})\s*[일日]")
_WORDS = re.compile(r"[^\W\d_]+")


def parse_date(value: str | datetime | None) -> datetime | None:
    """Read a date; None if it cannot be read. A time without a zone is taken for UTC, a day for its midnight."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return _in_utc(value)
    text = " ".join(value[:200].split())
    if not text:
        return None
    for form in (_epoch, _iso, _ordinary):
        try:
            found = form(text)
        except (ValueError, OverflowError, OSError):
            continue
        if found:
            return found
    return None


def _in_utc(value: datetime) -> datetime | None:
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def _epoch(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{10}|\d{13}", text):
        return None
    return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC)


def _iso(text: str) -> datetime | None:
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        pass
    if basic := _ISO_BASIC.match(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in basic.groups())
        return _make(year, month, day, hour, minute, second, 0)
    if re.fullmatch(r"\d{4}", text):
        return _make(int(text), 1, 1, 0, 0, 0, 0)
    found = _ISO_LIKE.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups()[:6])
    rest = found[7].strip(" ()")
    if month > 12:
        month, day = day, month
    return _make(year, month, day or 1, hour, minute, second, _zone(rest) or 0)


def _ordinary(text: str) -> datetime | None:
    """Read RFC 822 and its many relatives, in any order of its parts."""
    hour = minute = second = 0
    if korean := _KOREAN.search(text):
        year, month, day = (int(part) for part in korean.groups())
        rest = text[korean.end() :]
        afternoon = "오후" in rest or "下午" in rest or "午後" in rest
        if time := re.search(r"(\d{1,2})[:시時](\d{1,2})", rest):
            hour, minute = int(time[1]), int(time[2])
        if afternoon and hour < 12:
            hour += 12
        return _make(year, month, day, hour, minute, second, 0)
    if time := _TIME.search(text):
        hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
        if time[4]:
            hour = hour % 12 + (12 if time[4].lower() == "p" else 0)
        head, tail = text[: time.start()], text[time.end() :]
    else:
        head, tail = text, ""
    zone = _zone(tail)
    if numeric := _NUMERIC.search(f"{head} {tail}"):
        day_of = _numeric(numeric)
        return day_of and _make(*day_of, hour, minute, second, zone or 0)
    month = _month(head) or _month(tail)
    if not month:
        return None
    cleaned = _OFFSET.sub(" ", tail) if zone is not None else tail
    numbers = re.findall(r"(?<!\d)\d{1,4}(?!\d)", head) + re.findall(r"(?<!\d)\d{1,4}(?!\d)", cleaned)
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if years and days:
        return _make(int(years[0]), month, int(days[0]), hour, minute, second, zone or 0)
    if len(days) > 1:
        return _make(_century(int(days[1])), month, int(days[0]), hour, minute, second, zone or 0)
    return None


def _month(text: str) -> int:
    """Find a month's name. Of two the first is a weekday: a French Tuesday is `mar.`, a Turkish Sunday `Paz`."""
    named = [_MONTHS[word] for word in map(_bare, _WORDS.findall(text)) if word in _MONTHS]
    return named[-1] if named else 0


def _numeric(found: re.Match[str]) -> tuple[int, int, int] | None:
    first, mark, second, third = found[1], found[2], int(found[3]), found[4]
    if len(first) == 4:
        return int(first), second, int(third)
    year = int(third) if len(third) == 4 else _century(int(third))
    day, month = int(first), second
    # 03/04 is the American order; 03.04. and 03-04- are the others'. A number above 12 settles it.
    if (mark == "/" and day <= 12) or month > 12:
        day, month = month, day
    return year, month, day


def _century(year: int) -> int:
    return year + (2000 if year < 70 else 1900)


def _zone(text: str) -> int | None:
    """Read a zone as minutes east of Greenwich: an offset first, then a name."""
    if found := _OFFSET.search(text):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return (-1 if found[1] == "-" else 1) * minutes if minutes <= 14 * 60 else None
    for word in _WORDS.findall(text.lower()):
        if word in _ZONES:
            return _ZONES[word]
    return None


def _make(year: int, month: int, day: int, hour: int, minute: int, second: int, zone: int) -> datetime | None:
    if year < 100:
        year = _century(year)
    later = timedelta(days=1) if hour == 24 and minute == 0 and second == 0 else timedelta()
    if later:
        hour = 0
    where = timezone(timedelta(minutes=zone))
    return (datetime(year, month, day, hour, minute, min(second, 59), tzinfo=where) + later).astimezone(UTC)
