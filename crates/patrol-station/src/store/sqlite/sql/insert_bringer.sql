-- A phone names a photo in an op of this case, so it may bring it for the case.
INSERT INTO view_case_bringer (case_id, sha256, device) VALUES (?1, ?2, ?3)
ON CONFLICT (case_id, sha256, device) DO NOTHING
