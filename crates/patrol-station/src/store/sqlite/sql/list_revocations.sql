-- The phones that were retired or lost.
SELECT device, state, set_ms FROM revocation ORDER BY device
