-- How many drafts and timers each officer has on this phone; nobody's are the active one's.
SELECT coalesce(d.author, (SELECT person FROM person WHERE is_active)) AS owner, count(*)
FROM draft_case AS d
WHERE d.matter IS NOT NULL OR d.plate <> '' OR d.note <> '' OR d.form <> '' OR d.street IS NOT NULL
   OR d.pin IS NOT NULL OR d.timer_ms IS NOT NULL
   OR EXISTS (SELECT 1 FROM draft_case_photo AS p WHERE p.draft_id = d.draft_id)
GROUP BY owner
