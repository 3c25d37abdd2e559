-- What was typed; of several states the last one.
INSERT INTO draft (one, draft_id, matter, plate, street, note, saved_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (one) DO UPDATE SET
  draft_id = excluded.draft_id, matter = excluded.matter, plate = excluded.plate, street = excluded.street,
  note = excluded.note, saved_ms = excluded.saved_ms
WHERE coalesce(excluded.saved_ms, -1) >= coalesce(draft.saved_ms, -1)
