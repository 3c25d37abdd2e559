-- The points that stand in no op yet, as they were walked.
SELECT position, shift, lat_e7, lon_e7, accuracy_mm, boot, boot_ms, wall_ms FROM track_pending ORDER BY position
