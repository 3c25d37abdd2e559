-- Up to where the mirror was read.
SELECT cursor, shadow_cursor FROM mirror_cursor WHERE one = 1
