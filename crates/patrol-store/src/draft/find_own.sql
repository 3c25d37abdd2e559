-- Whether a draft is there and is the active officer's.
SELECT 1 FROM draft_case
WHERE draft_id = ?1 AND (author IS NULL OR author = (SELECT person FROM person WHERE is_active))
