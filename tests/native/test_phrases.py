"""The constant texts of the library, packed: each comes back as it was."""

import pytest

from gradproof.core.records import codes

phrases = pytest.importorskip("phrases")
texts = pytest.importorskip("gradproof.machine_code.texts")

SENTENCES = ["the gradient is wrong", "", "the gradient is right", "± … ≥", "the noise of f hides the gradient"]


def test_texts_come_back():
    found = phrases.packed(SENTENCES)
    assert [phrases.unpacked(found, number).decode() for number in range(len(SENTENCES))] == SENTENCES
    assert len(found.texts) + len(found.pairs) < sum(len(text.encode()) + 1 for text in SENTENCES)


def test_more_pairs_than_bytes_beyond_ascii():
    """Control characters stand for pairs, too, but for 0, which ends a text, and for those that are letters."""
    lines = [codes.explain(code) for code in codes.CODES] + ["one line\nand another one"]
    found = phrases.packed(lines)
    assert [phrases.unpacked(found, number).decode() for number in range(len(lines))] == lines
    assert len(found.pairs) > 2 * 129
    assert found.pairs[2 * 128 : 2 * 129] == bytes(2)
    assert found.pairs[2 * 138 : 2 * 139] == bytes(2)


def test_texts_without_anything_in_common():
    """The twin: where nothing is met again, nothing is packed."""
    found = phrases.packed(["abc", "def"])
    assert found == (b"abc\0def\0", b"")


def test_no_code_is_a_letter():
    """Bytes of letters that are no ASCII stand for nothing but themselves."""
    letters = set("± … ≥".encode())
    found = phrases.packed(SENTENCES)
    for code in letters & set(range(phrases.CODES.start, phrases.CODES.start + len(found.pairs) // 2)):
        place = 2 * (code - phrases.CODES.start)
        assert found.pairs[place : place + 2] == bytes(2)


@pytest.mark.parametrize("numbers", [{"a" * 400: -128}, {str(number): number - 128 for number in range(257)}])
def test_no_room(numbers):
    with pytest.raises(ValueError, match="there is no room for them"):
        phrases.module_text(numbers)


def test_numbers_only_while_a_library_is_built():
    assert not texts.NUMBERED
    with texts.numbered() as numbers:
        assert texts.NUMBERED[-1] is numbers
    assert not texts.NUMBERED
