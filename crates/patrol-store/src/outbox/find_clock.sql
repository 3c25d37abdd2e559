-- The last measurement of this boot.
SELECT offset_ms, err_ms, boot_ms, is_synchronised FROM sync_clock WHERE one = 1 AND boot_id = ?1
