-- That is all.
)
