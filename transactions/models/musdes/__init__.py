"""What is accounted for before the village: meetings, decisions, duties, remedies."""
