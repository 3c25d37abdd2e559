-- One more photo, behind the others; the same photo again changes nothing.
INSERT INTO draft_photo (position, sha256, role)
VALUES ((SELECT coalesce(max(position), 0) + 1 FROM draft_photo), ?1, ?2)
ON CONFLICT (sha256) DO NOTHING
