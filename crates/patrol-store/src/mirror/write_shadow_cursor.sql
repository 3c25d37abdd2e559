-- Where the next page begins, while everything is read anew.
INSERT INTO mirror_cursor (one, shadow_cursor) VALUES (1, ?1)
ON CONFLICT (one) DO UPDATE SET shadow_cursor = excluded.shadow_cursor
