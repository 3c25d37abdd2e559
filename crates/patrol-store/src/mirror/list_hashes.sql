-- For the checksum of what is shown.
SELECT hash FROM mirror_row
