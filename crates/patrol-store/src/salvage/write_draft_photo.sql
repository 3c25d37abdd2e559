-- A photo of a draft.
INSERT OR IGNORE INTO draft_case_photo (draft_id, sha256, role, slot, wall_ms, boot_ms, boot_id, fix)
VALUES (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
