"""What is paid: requests for payment, payments, tax."""
