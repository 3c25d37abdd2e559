-- One consistent state, compact, into a file that is not there yet.
VACUUM INTO ?1
