"""The link in the newest mail, from the folder where the server puts mail while it has no mail server."""

import html
import re
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


def mailed_link(folder: str) -> tuple[str, str]:
    """User id and code. Waits for the mail, which goes out behind the answer."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        mails = sorted(Path(folder).glob("*.eml"))
        link = mails and re.search(r"href='([^']*)'", mails[-1].read_text())
        if link:
            query = parse_qs(urlsplit(html.unescape(link[1])).query)
            return query["userId"][0], query["code"][0]
        time.sleep(0.05)
    raise TimeoutError(f"no mail came to {folder}")
