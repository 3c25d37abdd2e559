-- How the screens look.
INSERT OR IGNORE INTO preference (one, language, text_size, theme, hand, lock_minutes, welcomed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
