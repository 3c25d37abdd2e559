-- Where the next page begins.
INSERT INTO mirror_cursor (one, cursor) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET cursor = excluded.cursor
