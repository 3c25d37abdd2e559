-- An officer has read it.
UPDATE salvage_told SET understood_ms = ?1 WHERE understood_ms IS NULL
