-- All journals, the last to call first.
SELECT
  j.log, j.device, d.officer_number, j.acked_seq, j.head_hash, j.contact_ms, j.local_seq, j.waiting_photos,
  j.waiting_bytes
FROM journal AS j
JOIN device AS d ON d.device = j.device
ORDER BY j.contact_ms DESC, j.log
