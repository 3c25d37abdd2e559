-- The plates of the newest cases, each once; the first 500 cases are enough to find a dozen.
SELECT plate_text FROM (
  SELECT plate_text, place_order FROM view_case ORDER BY place_order DESC LIMIT 500
)
WHERE plate_text IS NOT NULL
GROUP BY plate_text
ORDER BY max(place_order) DESC
LIMIT ?1
