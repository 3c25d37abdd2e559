-- As small as it can be: the file is part of the program.
VACUUM
