"""`audit`: whether the journal is whole, and all of it for other programs."""

import shutil
import sys
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import DONE, FAILED, CallProblem, complain, count, show, show_document
from desktop_app.cli.session import House, Session, reading

if TYPE_CHECKING:
    from desktop_app.store.rows import AuditResult


def act(call: Namespace, house: House) -> int:
    with reading(house) as session:
        if call.verb == "verify":
            return _verify(call, session)
        return _export(call, session)


def _verify(call: Namespace, session: Session) -> int:
    result: AuditResult = session.call("verify_audit")
    if call.json:
        show_document(
            {
                "whole": result.is_whole,
                "rows": result.rows,
                "first_bad_row": result.first_bad_seq,
                "reason": result.reason or None,
            }
        )
    if not result.is_whole:
        complain(
            f"The journal is broken at row {result.first_bad_seq}: {result.reason}. The {count(result.rows, 'row')} "
            "before it are whole. Orders and balances on the exchange are not affected; compare them, and restore a "
            "backup if the journal matters to you."
        )
        return FAILED
    if not call.json:
        show(f"The journal is whole: {count(result.rows, 'row')}.")
    return DONE


def _export(call: Namespace, session: Session) -> int:
    if call.out is not None:
        target = call.out.expanduser().absolute()
        if target.exists():
            raise CallProblem(f"{target} is already there. It was not changed. Choose a new file.")
        rows: int = session.call("export_audit", path=str(target))
        if call.json:
            show_document({"file": str(target), "rows": rows})
        else:
            show(f"Wrote {count(rows, 'row')} to {target}.")
        return DONE
    with tempfile.TemporaryDirectory(prefix="strongroom-") as folder:
        draft = Path(folder) / "journal.jsonl"
        session.call("export_audit", path=str(draft))
        with draft.open(encoding="utf-8") as lines:
            shutil.copyfileobj(lines, sys.stdout)
    return DONE
