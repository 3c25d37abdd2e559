-- What an earlier damage cost, and whether that was understood.
INSERT OR IGNORE INTO salvage_told (at_ms, lost_cases, lost_entries, may_be_more, understood_ms)
VALUES (?1, ?2, ?3, ?4, ?5)
