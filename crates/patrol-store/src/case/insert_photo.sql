-- One photo of a case.
INSERT INTO view_case_photo (case_id, position, sha256, bytes, role, counts, log, seq)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
