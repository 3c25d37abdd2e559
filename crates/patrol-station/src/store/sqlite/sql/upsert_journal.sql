-- A phone called: the journal's new head, and what waits on the phone. The owner never changes.
INSERT INTO journal (log, device, acked_seq, head_hash, first_ms, contact_ms, local_seq, waiting_photos, waiting_bytes)
VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8)
ON CONFLICT (log) DO UPDATE SET
  acked_seq = excluded.acked_seq,
  head_hash = excluded.head_hash,
  contact_ms = excluded.contact_ms,
  local_seq = excluded.local_seq,
  waiting_photos = excluded.waiting_photos,
  waiting_bytes = excluded.waiting_bytes
