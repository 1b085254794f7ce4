"""How wide a text is, by the product's own table: no layout depends on a machine's fonts.

Graphviz measures with whatever fonts it finds, and a reader's browser draws with others; boxes
were then too narrow for their words.  Here each character has a width, and every text of a
picture is laid out, and drawn, exactly as wide as this table says (SVG's `textLength`).

The numbers are those of DejaVu Sans, rounded up: a key is a width in fortieths of the size of
the font, its characters follow.

>>> width("W1", 12) < width("W1", 12, bold=True) < width("W12", 12, bold=True)
True
"""

from __future__ import annotations

from itertools import repeat

REGULAR = {
    7: "ₗ",
    8: "ⁱᴵᴶᵎᵢ",
    10: "⁽⁾₍₎′",
    11: "'ᵣ",
    12: "IJijlÌÍÎÏìíîïĨĩĪīĬĭĮįİıĴĵĺļłΙΪₜᵗ",
    13: " ,.·‘’",
    14: "/:;\\|¦ŀίι",
    15: "-f\xadľſₛᴸᵋᵌᵓᵞᵡᵧᵪ″",
    16: "()[]tţťŧⁿₐₙᴱᴲᴾᵀᵃᵄᵟ",
    17: "!r¡²³¹ŕŗř⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ₑₒₔₕᴷᵅᵈᵉᵊᵍᵑᵒᵔᵕᵘᵛᵝᵠᵤᵥᵦᵨᵩ",
    18: "ₓₖₚᴬᴮᴽᴿᵇᵏᵖ",
    19: '"ªºᴴᴺᴻᵁᵙ',
    20: "*_`§¨¯°´¸ᴰᴳᴼ‖–∥",
    21: "szśŝşšźżž∂“”",
    22: "?c¿çćĉċčέεζ⁺⁻⁼₊₋₌ᴹ",
    23: "FLĳĹĻĽĿŁΓνξ",
    24: "kvxyýÿĲķĸŷΰγκλςυχ•",
    25: "PTYaeo«»ÝÞàáâãäåèéêëðòóôõöøāăąēĕėęěōŏőŢŤŦŶŸΡΤΥΫδθοπτₘᴭᵂᵐᵚ",
    26: "$0123456789ESbdghnpqu{}¢£¤¥µ¶ÈÉÊËßñùúûüþďđĒĔĖĘĚĝğġģĥńņňŋŚŜŞŠũūŭůűųΕΞΣήβημρσᵆ√",
    27: "KĶΚάαφψ∑∇",
    28: "ABCRVXZÀÁÂÃÄÅÇĀĂĄĆĈĊČħŔŖŘŹŻŽΑΒΔΖΛΧ",
    30: "NUÑÙÚÛÜŃŅŇŊŨŪŬŮŰŲΝ",
    31: "DGHÐĎĐĜĞĠĢĤΗΠΩ▶◀∏",
    32: "&OQÒÓÔÕÖØŌŎŐΘΟΦΨ",
    33: "wŉŵ",
    34: "#+<=>^~¬±×÷ω∞≈≠≤≥⊗⊙−←→↑↓",
    35: "MΜ⊣⊥●⊢∈",
    36: "∠",
    37: "Ħ",
    38: "%■□",
    39: "m¼½¾Æ⅓",
    40: "@W©®æŴ—…",
    41: "œ",
    43: "Œ",
}
BOLD = {
    9: "ⁱₗᵎᵢ",
    10: "ᴵᴶ",
    11: "′",
    12: "⁽⁾₍₎",
    13: "'ᵣ",
    14: " ijlìíîïĩīĭįıĵĺļ",
    15: "/IJ\\|¦ÌÍÎÏĨĪĬĮİĴłΙΪ",
    16: ",.:;·ίιₛₜᵋᵌᵗ‘’",
    17: "-\xadₓᴸᵓᵡᵪ",
    18: "f²³¹ſ⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ᴱᴲᵀᵞᵟᵧ″",
    19: "!()[]¡ⁿₐₕₙᴾᵃᵄᵑᵘᵙᵝᵤᵦᵨ",
    20: "_`rt§¨¯°´¸ľŕŗřţťŧₑₒₔₖₚᴬᴮᴷᴿᵅᵇᵈᵉᵊᵍᵏᵒᵔᵕᵖᵠᵩ‖–∥",
    21: '"*ᴰᴳᴽᵁᵛᵥ',
    22: "⁺⁻⁼₊₋₌ᴴᴺᴻᴼ∂",
    23: "ªºŀέε",
    24: "?csz¿çćĉċčśŝşšźżžζξς",
    26: "Lx¤«¶»ĹĻĽĿŁΓΞλτχᴹ•",
    27: "akvyàáâãäåýÿāăąķĸŷΰυₘᵐᵚ√“”",
    28: "$0123456789EFTeo¢£¥ÈÉÊËèéêëðòóôõöøĒēĔĕĖėĘęĚěĳōŏőŢŤŦΕΣΤάαγδθνοᴭᵂ∇",
    29: "SYZbdghnpqu{}ÝßñùúûüþďđĝğġģĥńņňŋŚŜŞŠũūŭůűųŶŸŹŻŽΖΥΫήβηκρᵆ∑",
    30: "CPµÇÞĆĈĊČĲΡμ",
    31: "ABKRVXÀÁÂÃÄÅĀĂĄĶŔŖŘΑΒΔΚΛΧ▶◀",
    32: "ħπσφψ∏",
    33: "GUÙÚÛÜĜĞĠĢŨŪŬŮŰŲ",
    34: "#+<=>DHNOQ^~¬±ÐÑÒÓÔÕÖ×Ø÷ĎĐĤŃŅŇŊŌŎŐΗΘΝΟΠΦΨΩ∞≈≠≤≥⊗⊙−←→↑↓",
    35: "&ω●",
    36: "∠∈",
    37: "wŵ⊣⊥⊢",
    38: "■□",
    39: "Ħ",
    40: "@M©®ŉΜ—…",
    41: "%",
    42: "m¼½¾æ⅓",
    44: "Æœ",
    45: "WŴ",
    47: "Œ",
}
UNKNOWN = 40
"""A character that is not listed is taken to be as wide as it is high: most such are."""
_REGULAR = {c: units for units, characters in REGULAR.items() for c in characters}
_BOLD = {c: units for units, characters in BOLD.items() for c in characters}


def width(words: str, size: float, bold: bool = False) -> float:
    """The width of a text in points, at a font size in points.

    >>> width("ii", 10) < width("mm", 10)
    True
    """
    known = _BOLD if bold else _REGULAR
    return sum(map(known.get, words.replace("\xa0", " "), repeat(UNKNOWN))) * size / 40
