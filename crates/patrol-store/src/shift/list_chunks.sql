-- The pieces of a shift's way: the op and its sealed points.
SELECT o.bytes, p.value
FROM view_track AS t
JOIN journal_log AS l ON l.ordinal = t.place >> 40
JOIN journal_op AS o ON o.log = l.log AND o.seq = t.place & 0xFFFFFFFFFF
LEFT JOIN journal_part AS p ON p.log = o.log AND p.seq = o.seq AND p.field = 'points'
WHERE t.shift = ?1
ORDER BY t.place
