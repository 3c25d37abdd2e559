-- A photo of the draft.
INSERT OR IGNORE INTO draft_photo (position, sha256, role) VALUES (?1, ?2, ?3)
