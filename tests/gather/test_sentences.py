from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.gather.sentences import is_balanced, repair_dek, sentences_of, whole_sentences

BODY = ("The harbour opens in May. It was closed for years.",)


@pytest.mark.parametrize(
    ("teaser", "dek"),
    [
        ("The harbour opens in May. The nine-page plan,...", "The harbour opens in May."),
        ("The harbour opens in May. The nine-page plan…", "The harbour opens in May."),
        ("The harbour opens in May....", "The harbour opens in May."),
        ("The harbour opens in May. ...", "The harbour opens in May."),
        ("The harbour opens in May. The vote [...]", "The harbour opens in May."),
        ("Mr. Hale met Dr. Ito on Jan. 5. Then the co...", "Mr. Hale met Dr. Ito on Jan. 5."),
        ("She works for Acme Inc. The firm is old. It", "She works for Acme Inc. The firm is old."),
        ("The U.S. Senate votes. It will", "The U.S. Senate votes."),
        ("It rose 3.5 per cent. Prices at", "It rose 3.5 per cent."),
        ("“We are ready,” she said. “We have...", "“We are ready,” she said."),
        ('"Stop!" he cried. "It is', '"Stop!" he cried.'),
        ("Wait... what? The boat sat on...", "Wait... what?"),
        ("Das Fest ist am 3. Oktober. Die Kanz...", "Das Fest ist am 3. Oktober."),
        ("Une phrase « citée ». Puis une...", "Une phrase « citée »."),
        ("他说了。然后…", "他说了。"),
        ("उसने कहा। फिर...", "उसने कहा।"),
        ("¿Quién sabe? Nadie lo...", "¿Quién sabe?"),
        ("It ends as it should.", "It ends as it should."),
        ("He said no. The coun...", "He said no."),
        ("They lay in the sun. Police moved them...", "They lay in the sun."),
        ("No. 10 stays silent. The coun...", "No. 10 stays silent."),
        ("See p. 5 of the report. The coun...", "See p. 5 of the report."),
        ("They honoured Martin Luther King Jr. The coun...", "They honoured Martin Luther King Jr."),
        ("Sr. García loves art. The coun...", "Sr. García loves art."),
        ("¡Basta! «Ya está», dijo. El Gob,...", "¡Basta! «Ya está», dijo."),
        ("終わった。「本当だ。」と彼は言った。次に…", "終わった。「本当だ。」と彼は言った。"),
        ("هل انتهى؟ قال نعم. ثم...", "هل انتهى؟ قال نعم."),
        ("She asked: “Why?” Then she left. Her dep", "She asked: “Why?” Then she left."),
        ("Profits rose 4.5%, to $3.2bn. Sales at", "Profits rose 4.5%, to $3.2bn."),
        ("It cost £5m (about $6m). It was", "It cost £5m (about $6m)."),
    ],
)
def test_a_cut_teaser_keeps_its_whole_sentences(teaser: str, dek: str) -> None:
    assert repair_dek(teaser, BODY) == dek


@pytest.mark.parametrize(
    "teaser",
    [
        "",
        "Only a fragment with a cut wo...",
        "A phrase without a stop",
        "He lives in the U.S. ...",
        "“We promised. We ha…",
    ],
)
def test_without_a_whole_sentence_the_body_begins_the_dek(teaser: str) -> None:
    assert repair_dek(teaser, BODY) == BODY[0]


def test_a_finished_phrase_stays_where_there_is_no_body() -> None:
    assert repair_dek("Two held after a fire at the mill") == "Two held after a fire at the mill"
    assert repair_dek("Two held after a fire at the mi...") == ""


@given(st.text(alphabet="ab .!?…,\"“”'()A.U", max_size=80))
def test_a_repaired_dek_never_ends_in_an_ellipsis_and_is_part_of_the_text(text: str) -> None:
    dek = whole_sentences(text)
    assert not dek.endswith(("...", "…"))
    assert dek.rstrip(".") in text


@given(st.text(max_size=200))
def test_cutting_into_sentences_loses_nothing(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())


def test_balance_counts_every_kind_of_mark() -> None:
    assert is_balanced("„So“ (said he) «oui»")
    assert not is_balanced("“So (said he)")
