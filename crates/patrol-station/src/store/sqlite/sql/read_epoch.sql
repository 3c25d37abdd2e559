-- Which life of the database this is.
SELECT epoch FROM station WHERE one = 1
