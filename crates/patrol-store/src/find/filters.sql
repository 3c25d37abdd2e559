-- The filters; each lets everything through when it is NULL. What waits is looked at once, and only when it is asked for.
  AND (:state IS NULL OR v.state = :state)
  AND v.opened_ms >= :from AND v.opened_ms < :to
  AND (:matters IS NULL OR v.matter IN (SELECT m.value FROM json_each(:matters) AS m))
  AND CASE :lies
    WHEN 'on_phone' THEN v.place_order IN (
      SELECT c.place_order
      FROM journal_log AS j
      LEFT JOIN sync_log AS l ON l.log = j.log
      CROSS JOIN view_case AS c ON c.log = j.log AND c.seq > coalesce(l.acked_seq, 0)
      UNION
      SELECT c.place_order
      FROM sync_photo AS s
      CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
      CROSS JOIN view_case AS c ON c.case_id = p.case_id
      WHERE s.receipt IS NULL
    )
    WHEN 'at_station' THEN v.place_order NOT IN (
      SELECT c.place_order
      FROM journal_log AS j
      LEFT JOIN sync_log AS l ON l.log = j.log
      CROSS JOIN view_case AS c ON c.log = j.log AND c.seq > coalesce(l.acked_seq, 0)
      UNION
      SELECT c.place_order
      FROM sync_photo AS s
      CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
      CROSS JOIN view_case AS c ON c.case_id = p.case_id
      WHERE s.receipt IS NULL
    )
    WHEN 'lost' THEN v.place_order IN (
      SELECT c.place_order
      FROM sync_photo AS s INDEXED BY sync_photo_lost
      CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
      CROSS JOIN view_case AS c ON c.case_id = p.case_id
      WHERE s.problem IS NOT NULL AND s.receipt IS NULL
    )
    ELSE 1
  END
