-- What was read anew is shown from now on.
DELETE FROM mirror_row;
INSERT INTO mirror_row (kind, id, body, hash) SELECT kind, id, body, hash FROM mirror_shadow;
DELETE FROM mirror_shadow;
UPDATE mirror_cursor SET cursor = shadow_cursor, shadow_cursor = NULL WHERE one = 1;
