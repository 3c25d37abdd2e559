-- For the checksum of what was read anew.
SELECT hash FROM mirror_shadow
