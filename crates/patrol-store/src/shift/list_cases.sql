-- Cases that were opened while a shift ran, with the op that opened each; void ones are left out.
SELECT c.matter, o.bytes,
       (SELECT count(*) FROM view_case_photo AS p WHERE p.case_id = c.case_id),
       NOT EXISTS (SELECT 1 FROM sync_log AS s WHERE s.log = c.log AND s.acked_seq >= c.seq),
       (SELECT count(*) FROM view_case_photo AS p JOIN sync_photo AS s ON s.sha256 = p.sha256
        WHERE p.case_id = c.case_id AND s.receipt IS NULL)
FROM view_shift AS h
JOIN view_case AS c ON c.place_order BETWEEN h.started AND coalesce(h.ended, 0x7FFFFFFFFFFFFFFF)
JOIN journal_log AS l ON l.ordinal = c.place_order >> 40
JOIN journal_op AS o ON o.log = l.log AND o.seq = c.place_order & 0xFFFFFFFFFF
WHERE h.shift = ?1 AND c.state <> 3
ORDER BY c.place_order
