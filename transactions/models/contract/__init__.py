"""What is agreed and done: contract, addenda, progress, inspection, hand-over."""
