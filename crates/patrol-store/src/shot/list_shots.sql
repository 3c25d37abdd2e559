-- Where the camera was told to write.
SELECT name, draft_id, role, made_ms FROM shot ORDER BY name
