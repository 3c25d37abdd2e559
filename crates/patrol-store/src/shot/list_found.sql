-- Originals whose draft is gone.
SELECT sha256, at_ms FROM photo_found ORDER BY at_ms, sha256
