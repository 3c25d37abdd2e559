-- A photo of a case; the same bytes twice are one photo.
INSERT INTO view_case_photo (case_id, sha256, position) VALUES (?1, ?2, ?3)
ON CONFLICT (case_id, sha256) DO NOTHING
