-- A photo of a case.
INSERT INTO view_case_photo (case_id, sha256, position, role, counts) VALUES (?1, ?2, ?3, ?4, ?5)
