-- When a backup was last found sound; NULL when it was not.
UPDATE backup SET verified_ms = ?2 WHERE backup = ?1
