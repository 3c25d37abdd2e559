-- The row of a case that turns out to have been opened earlier.
DELETE FROM view_case WHERE case_id = ?1 AND place_order <> ?2
