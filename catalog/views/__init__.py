"""What is answered at the catalogue's addresses, by whose they are."""
