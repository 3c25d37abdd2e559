-- The tables of MBTiles 1.3, §"Database" and §"Content"; names and columns are the specification's.
PRAGMA page_size = 1024;
PRAGMA application_id = 0x4d504258;
CREATE TABLE metadata (name TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE tiles (zoom_level INTEGER NOT NULL, tile_column INTEGER NOT NULL, tile_row INTEGER NOT NULL, tile_data BLOB NOT NULL);
CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);
