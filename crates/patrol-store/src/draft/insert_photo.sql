-- One more photo, behind the others; the same photo again changes nothing.
INSERT INTO draft_case_photo (draft_id, sha256, role, slot, wall_ms, boot_ms, boot_id, fix)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (draft_id, sha256) DO NOTHING
