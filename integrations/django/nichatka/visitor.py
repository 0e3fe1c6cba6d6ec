"""Who looks at the page, as Nichatka knows them."""

import logging
from typing import Any, Optional

from .conf import configuration
from .nicknames import NicknameError, check_nickname

log = logging.getLogger("nichatka")


def nickname_of(user: Any) -> Optional[str]:
    """None for those who are not signed in, and for those whom the project keeps out by returning no nickname."""
    if user is None or not user.is_authenticated:
        return None
    nickname = configuration().nickname_of(user)
    if not nickname:
        return None
    try:
        return check_nickname(nickname)
    except NicknameError as error:
        # One user's name must not break the project's pages; that user has no bell.
        log.warning("a user has no bell: %s", error)
        return None
