-- Everything is read anew from the start.
DELETE FROM mirror_shadow
