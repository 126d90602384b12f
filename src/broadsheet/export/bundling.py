"""Pack an exported edition: the files, a manifest for programs and a README for the person who pastes it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from textwrap import fill

from broadsheet import __version__
from broadsheet.config import Publication
from broadsheet.export.edition import Exported
from broadsheet.export.message import message_file
from broadsheet.export.platform import Preheader, Takes
from broadsheet.export.requirements import NAMED, grown_size
from broadsheet.model import Bundle, BundleFile
from broadsheet.slots import Slot

MANIFEST = "manifest.json"
BODY_FILES = {
    Takes.DOCUMENT: "edition.html",
    Takes.FRAGMENT: "body.html",
    Takes.MJML: "index.mjml",
    Takes.MESSAGE: "edition.eml",
}
# A fixed time, so that the same edition gives the same archive (ZIP has no earlier one).
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def pack(result: Exported, publication: Publication) -> Bundle:
    """Make the bundle. The same edition gives the same bytes."""
    files = [*_pieces(result, publication)]
    files.append(BundleFile(path="README.txt", content=_readme(result, publication, files).encode()))
    files.append(BundleFile(path=MANIFEST, content=_manifest(result, publication, files)))
    return Bundle(
        platform=result.platform.name, edition=result.rendered.edition.id, files=tuple(files), notes=result.notes
    )


def _pieces(result: Exported, publication: Publication) -> list[BundleFile]:
    body = BODY_FILES[result.platform.takes]
    if result.platform.takes is Takes.MESSAGE:
        return [BundleFile(path=body, content=message_file(result, publication))]
    files = [
        BundleFile(path=body, content=result.html.encode()),
        BundleFile(path="edition.txt", content=result.text.encode()),
        BundleFile(path="subject.txt", content=f"{result.subject}\n".encode()),
        BundleFile(path="preheader.txt", content=f"{result.preheader}\n".encode()),
    ]
    if result.pictures or result.platform.takes is Takes.MJML:
        page = BundleFile(path=body, content=(result.packed_html or result.html).encode())
        pictures = [BundleFile(path=path, content=content) for path, content in result.pictures.items()]
        files.append(BundleFile(path="upload.zip", content=archive([page, *pictures])))
    return files


def body_of(bundle: Bundle) -> bytes:
    """Give what is pasted of a bundle: its HTML, MJML or message."""
    return body_file(bundle).content


def body_file(bundle: Bundle) -> BundleFile:
    """Give the file of a bundle whose content is pasted."""
    return next(file for file in bundle.files if file.path in BODY_FILES.values())


def archive(files: Sequence[BundleFile]) -> bytes:
    """Make a ZIP of files, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bag:
        for file in files:
            entry = zipfile.ZipInfo(file.path, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            bag.writestr(entry, file.content)
    return buffer.getvalue()


def _manifest(result: Exported, publication: Publication, files: Sequence[BundleFile]) -> bytes:
    platform, edition = result.platform, result.rendered.edition
    document = {
        "broadsheet": __version__,
        "platform": platform.name,
        "takes": platform.takes,
        "certainty": platform.certainty,
        "publication": publication.name,
        "edition": edition.id,
        "date": edition.date.isoformat(),
        "status": edition.status,
        "hash": result.rendered.hash,
        "subject": result.subject,
        "preheader": result.preheader,
        "language": result.rendered.language,
        "slots": [
            {"slot": slot, "tag": tag.in_html(""), "certainty": tag.sure} for slot, tag in sorted(result.tags.items())
        ],
        "sections": [
            {"category": rule.category, "readers": rule.means, "code": rule.begins, "certainty": rule.sure}
            for rule in result.rules
        ],
        "fixed": dict(sorted(result.fixed.items())),
        "dropped": list(result.dropped),
        "html_bytes": len(result.html.encode()),
        "html_bytes_with_longer_links": grown_size(result),
        "text_bytes": len(result.text.encode()),
        "files": [
            {"path": file.path, "bytes": len(file.content), "sha256": hashlib.sha256(file.content).hexdigest()}
            for file in files
        ],
        "notes": list(result.notes),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


_USES = {
    "edition.html": "the whole HTML document",
    "body.html": "the HTML of the body, without <html> and <head>",
    "index.mjml": "the edition as MJML",
    "edition.eml": "the edition as one mail: open it in a mail program",
    "edition.txt": "the plain-text part",
    "subject.txt": "the subject line",
    "preheader.txt": "the preview text that mail programs show beside the subject",
    "upload.zip": "the same and its pictures in one archive, for upload",
}


def _readme(result: Exported, publication: Publication, files: Sequence[BundleFile]) -> str:
    platform, rendered = result.platform, result.rendered
    title = f"{publication.title}, {rendered.edition.date.isoformat()}, for {platform.title}"
    parts = [title, "=" * len(title), ""]
    parts += [_item(f"{number}.", step) for number, step in enumerate(_steps(result), 1)]
    parts += ["", "What is in here", "---------------", ""]
    parts += [f"{file.path:<16}{_USES[file.path]}" for file in files]
    parts += [f"{MANIFEST:<16}for programs: tags, sizes and checksums"]
    if result.tags:
        parts += ["", f"Tags that {platform.title} fills in", "-" * (len(platform.title) + 19), ""]
        parts += [f"{NAMED[slot]:<30}{tag.in_html('')}" for slot, tag in sorted(result.tags.items())]
    if result.rules:
        parts += ["", "Sections that not everybody gets", "--------------------------------", ""]
        parts += [_item("-", f"{rule.category}: {rule.means}") for rule in result.rules]
    if result.notes:
        parts += ["", "Good to know", "------------", ""]
        parts += [_item("-", note) for note in result.notes]
    parts += ["", f"Edition {rendered.edition.id}, rendering {rendered.hash}.", ""]
    return "\n".join(parts)


def _steps(result: Exported) -> list[str]:
    platform = result.platform
    steps = list(platform.steps)
    if platform.takes is Takes.MESSAGE:
        return steps
    steps.append("Take the subject from subject.txt.")
    if platform.preheader is Preheader.FIELD:
        steps.append("Put preheader.txt into the field for the preview text.")
    elif result.preheader:
        steps.append(f"Leave the field for the preview text empty: it stands hidden in {BODY_FILES[platform.takes]}.")
    if not any("edition.txt" in step for step in steps):
        steps.append("Put edition.txt into the field for the plain-text part, where there is one.")
    if Slot.UNSUBSCRIBE_URL in result.tags or Slot.UNSUBSCRIBE_URL in platform.supplied:
        steps.append("Send a test to yourself; open its unsubscribe link before you send to everyone.")
    return steps


def _item(mark: str, words: str) -> str:
    return fill(words, 78, initial_indent=f"{mark} ", subsequent_indent=" " * (len(mark) + 1), break_long_words=False)
