-- A found photo has its place.
DELETE FROM photo_found WHERE sha256 = ?1
