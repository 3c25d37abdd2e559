-- A draft; of several states the last one, and one at most is in hand.
INSERT INTO draft_case (
  draft_id, in_hand, matter, plate, street, note, form, screen, pin, timer_ms, timer_plate, saved_ms, author
)
VALUES (
  ?2, CASE WHEN ?3 = 1 AND NOT EXISTS (SELECT 1 FROM draft_case WHERE in_hand = 1) THEN 1 END,
  ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
)
ON CONFLICT (draft_id) DO UPDATE SET
  matter = excluded.matter, plate = excluded.plate, street = excluded.street, note = excluded.note,
  form = excluded.form, screen = excluded.screen, pin = excluded.pin, timer_ms = excluded.timer_ms,
  timer_plate = excluded.timer_plate, saved_ms = excluded.saved_ms, author = excluded.author
WHERE coalesce(excluded.saved_ms, -1) >= coalesce(draft_case.saved_ms, -1)
