-- How the screens look and when they lock.
SELECT language, text_size, theme, hand, lock_minutes, welcomed FROM preference WHERE one = 1
