-- The officer has chosen how the screens look.
INSERT INTO preference (one, language, text_size, theme, hand, lock_minutes, welcomed) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (one) DO UPDATE SET
  language = excluded.language, text_size = excluded.text_size, theme = excluded.theme, hand = excluded.hand,
  lock_minutes = excluded.lock_minutes, welcomed = excluded.welcomed
