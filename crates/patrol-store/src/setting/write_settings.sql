-- The officer has set something.
INSERT INTO sync_setting (one, is_paused, only_unmetered) VALUES (1, ?1, ?2)
ON CONFLICT (one) DO UPDATE SET is_paused = excluded.is_paused, only_unmetered = excluded.only_unmetered
