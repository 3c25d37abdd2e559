-- Which reading of ops the views come from; none = that of the first program.
SELECT version FROM view_progress WHERE one = 1
