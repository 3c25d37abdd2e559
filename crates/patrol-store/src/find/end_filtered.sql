-- Newest first, by the index.
ORDER BY v.place_order DESC
LIMIT :limit OFFSET :skip
