-- A draft in hand that holds nothing goes, unless a camera was opened for it: its photo may still come.
DELETE FROM draft_case
WHERE draft_id = ?1 AND draft_id NOT IN (SELECT draft_id FROM shot)
