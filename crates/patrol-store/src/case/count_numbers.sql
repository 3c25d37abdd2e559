-- For the next number of a day.
SELECT count(*) FROM view_case WHERE substr(number, 1, length(?1)) = ?1
