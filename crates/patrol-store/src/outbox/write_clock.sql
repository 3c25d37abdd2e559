-- The difference to the station's clock. Asked many times a minute, it is written, and synced, only when that says more: a
-- better measurement, one that contradicts, or the stored one a minute old.
INSERT INTO sync_clock (one, offset_ms, err_ms, boot_id, boot_ms, is_synchronised) VALUES (1, ?1, ?2, ?3, ?4, ?5)
ON CONFLICT (one) DO UPDATE SET
  offset_ms = excluded.offset_ms, err_ms = excluded.err_ms, boot_id = excluded.boot_id, boot_ms = excluded.boot_ms,
  is_synchronised = excluded.is_synchronised
WHERE sync_clock.boot_id <> excluded.boot_id
  OR sync_clock.is_synchronised IS NOT excluded.is_synchronised
  OR excluded.err_ms < sync_clock.err_ms
  OR abs(excluded.offset_ms - sync_clock.offset_ms) > excluded.err_ms + sync_clock.err_ms
  OR excluded.boot_ms NOT BETWEEN sync_clock.boot_ms AND sync_clock.boot_ms + 60000
