"""What a village plans: needs, activities of the budget, joint purchases, carry-over."""
