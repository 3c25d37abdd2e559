-- The difference to the station's clock.
INSERT INTO sync_clock (one, offset_ms, err_ms, boot_id, boot_ms, is_synchronised) VALUES (1, ?1, ?2, ?3, ?4, ?5)
ON CONFLICT (one) DO UPDATE SET
  offset_ms = excluded.offset_ms, err_ms = excluded.err_ms, boot_id = excluded.boot_id, boot_ms = excluded.boot_ms,
  is_synchronised = excluded.is_synchronised
