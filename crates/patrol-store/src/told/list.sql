-- What was lost and nobody has understood yet, the latest first.
SELECT at_ms, lost_cases, lost_entries, may_be_more FROM salvage_told WHERE understood_ms IS NULL ORDER BY at_ms DESC
