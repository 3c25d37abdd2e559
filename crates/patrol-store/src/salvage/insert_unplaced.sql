-- Photos that nothing names any more.
INSERT INTO photo_found (sha256, at_ms)
SELECT sha256, ?1 FROM photo
WHERE sha256 NOT IN (SELECT sha256 FROM view_case_photo) AND sha256 NOT IN (SELECT sha256 FROM draft_case_photo)
ON CONFLICT (sha256) DO NOTHING
