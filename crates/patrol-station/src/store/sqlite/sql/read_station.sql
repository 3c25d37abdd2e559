-- Which station this is.
SELECT station, epoch FROM station WHERE one = 1
