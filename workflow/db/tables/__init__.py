"""All tables. Bulk-written ones carry only the indexes that a query here needs, and no foreign keys between them.

The schema itself, with roles, policies, triggers and functions, is made by the migrations; a test compares the two.
"""

from __future__ import annotations

from workflow.db.tables.access import case_key, deputy, glass, kin, recusal
from workflow.db.tables.calendars import calendar, recount
from workflow.db.tables.cards import card, card_report, card_series, earlier_file, print_, signature
from workflow.db.tables.cases import case_, case_data, definition, document, event, hold, hold_key, working_copy
from workflow.db.tables.columns import metadata
from workflow.db.tables.drafts import definition_text, draft, draft_save
from workflow.db.tables.erasure import erasure, erasure_order
from workflow.db.tables.journal import journal, journal_note
from workflow.db.tables.log import checkpoint, checkpoint_stamp, log_leaf, log_node, seal_request
from workflow.db.tables.migrations import migration, migration_case
from workflow.db.tables.people import access_log, account, idempotency, membership, notice, person_key, token
from workflow.db.tables.work import command, incident, outbox, task, timer

__all__ = [
    "access_log",
    "account",
    "calendar",
    "card",
    "card_report",
    "card_series",
    "case_",
    "case_data",
    "case_key",
    "checkpoint",
    "checkpoint_stamp",
    "command",
    "definition",
    "definition_text",
    "deputy",
    "document",
    "draft",
    "draft_save",
    "earlier_file",
    "erasure",
    "erasure_order",
    "event",
    "glass",
    "hold",
    "hold_key",
    "idempotency",
    "incident",
    "journal",
    "journal_note",
    "kin",
    "log_leaf",
    "log_node",
    "membership",
    "metadata",
    "migration",
    "migration_case",
    "notice",
    "outbox",
    "person_key",
    "print_",
    "recount",
    "recusal",
    "seal_request",
    "signature",
    "task",
    "timer",
    "token",
    "working_copy",
]
