"""Names as they are printed."""

from __future__ import annotations

import pytest

from broadsheet.render.bylines import printed_name


@pytest.mark.parametrize(
    ("sent", "printed"),
    [
        ("MICHAEL D. SHEAR", "Michael D. Shear"),
        ("MARY O'NEIL-BAKER", "Mary O'Neil-Baker"),
        ("IAN MCDONALD", "Ian McDonald"),
        ("JAN VAN DER BERG", "Jan van der Berg"),
        ("JOSÉ MUÑOZ", "José Muñoz"),
        ("MARTIN LUTHER KING III", "Martin Luther King III"),
        ("ÖZLEM ÇELİK", "Özlem Çelik"),
        ("BBC NEWS", "BBC NEWS"),
        ("SMITH, JOHN", "Smith, John"),
        ("MICHAEL D. SHEAR and DAVID E. SANGER", "Michael D. Shear and David E. Sanger"),
        ("LIZETTE ALVAREZ, RICHARD FAUSSET and ADAM GOLDMAN", "Lizette Alvarez, Richard Fausset and Adam Goldman"),
        ("ANA RUIZ and AFP", "Ana Ruiz and AFP"),
        ("Ana Ruiz and TOM OKAFOR", "Ana Ruiz and Tom Okafor"),
        ("Simon and Garfunkel", "Simon and Garfunkel"),
        ("AFP", "AFP"),
        ("Ana Ruiz", "Ana Ruiz"),
        ("bell hooks", "bell hooks"),
        ("ДМИТРИЙ ПЕТРОВ", "Дмитрий Петров"),
        ("株式 会社", "株式 会社"),
    ],
)
def test_a_name_in_capitals_is_written_as_names_are(sent: str, printed: str) -> None:
    assert printed_name(sent) == printed
