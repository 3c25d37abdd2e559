-- What the officer has set.
INSERT OR IGNORE INTO sync_setting (one, is_paused, only_unmetered) VALUES (?1, ?2, ?3)
