-- Where the camera was told to write.
SELECT name, draft_id, role, made_ms, slot, boot_ms, boot_id FROM shot ORDER BY name
