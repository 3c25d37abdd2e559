-- The furthest and the closest zoom that are there, whatever the pack says.
SELECT min(zoom_level), max(zoom_level) FROM tiles
