"""One module per revision of the tables, oldest first; none is changed once it was released."""
