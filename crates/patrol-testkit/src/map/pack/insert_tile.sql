-- One tile; its row counts from the south.
INSERT INTO tiles (zoom_level, tile_column, tile_row, tile_data) VALUES (:zoom, :column, :row, :data)
