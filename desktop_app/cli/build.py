"""Which build of the application this is; apart, so that asking for its version stays cheap."""

import json
import sys
from pathlib import Path


def build_note() -> str:
    """Which build this is, such as "commit 1a2b3c4d5e6f for Linux x86_64"; from a checkout, that it is one."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is None:
        return "from source"
    try:
        told = json.loads((Path(bundle) / "resources" / "build.json").read_text(encoding="utf-8"))
        return f"commit {str(told['commit'])[:12]} for {told['system']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "of unknown origin"
