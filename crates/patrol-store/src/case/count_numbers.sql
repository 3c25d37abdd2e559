-- For the next number of a day. A range and not LIKE, so that the index serves it; ~ stands behind all digits.
SELECT count(*) FROM view_case WHERE number >= ?1 AND number < ?1 || '~'
