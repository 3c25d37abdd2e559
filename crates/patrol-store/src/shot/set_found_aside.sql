-- An officer has looked at it, or wants to look again.
UPDATE photo_found SET is_aside = ?2 WHERE sha256 = ?1
