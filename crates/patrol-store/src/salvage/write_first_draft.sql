-- The one draft of a file from before there were many; of several states the last one.
INSERT INTO draft_case (draft_id, in_hand, matter, plate, street, note, saved_ms)
SELECT coalesce(?2, (SELECT draft_id FROM draft_case WHERE in_hand = 1), randomblob(16)),
       CASE WHEN NOT EXISTS (SELECT 1 FROM draft_case WHERE in_hand = 1) THEN 1 END, ?3, ?4, ?5, ?6, ?7
WHERE ?2 IS NOT NULL OR ?7 IS NOT NULL
ON CONFLICT (draft_id) DO UPDATE SET
  matter = excluded.matter, plate = excluded.plate, street = excluded.street, note = excluded.note,
  saved_ms = excluded.saved_ms
WHERE coalesce(excluded.saved_ms, -1) >= coalesce(draft_case.saved_ms, -1)
