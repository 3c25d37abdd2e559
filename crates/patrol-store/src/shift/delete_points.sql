-- These stand in ops now.
DELETE FROM track_pending WHERE position <= ?1
