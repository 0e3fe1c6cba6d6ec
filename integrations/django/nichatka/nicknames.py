"""What may be a nickname: the one thing about a user that Nichatka is ever told (N14)."""

import unicodedata

MAX_CODE_POINTS = 150

# Control, format, unassigned, private use, surrogate, line and paragraph separators.
FORBIDDEN = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"])


class NicknameError(ValueError):
    """The message says what is wrong, and never the nickname."""


def check_nickname(nickname: str) -> str:
    """
    Gives the nickname back as it is. What is not in NFC is refused and never normalised: two users of the host would
    become one user of Nichatka.
    """
    if not isinstance(nickname, str):
        raise NicknameError("a nickname must be text")
    # The size first: it is cheap, and the rest then is.
    if not 1 <= len(nickname) <= MAX_CODE_POINTS:
        raise NicknameError("a nickname has 1 to 150 characters")
    if any(unicodedata.category(character) in FORBIDDEN for character in nickname):
        raise NicknameError("a nickname has no control, format, private-use or unassigned characters")
    if nickname[0].isspace() or nickname[-1].isspace():
        raise NicknameError("a nickname has no white space at either end")
    if unicodedata.normalize("NFC", nickname) != nickname:
        raise NicknameError("a nickname is in the normal form NFC")
    return nickname
