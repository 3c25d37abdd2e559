-- The station has answered a push that showed it.
DELETE FROM sync_setback WHERE log = ?1
