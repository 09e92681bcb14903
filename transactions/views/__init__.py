"""What is answered at the addresses of an order, by document."""
