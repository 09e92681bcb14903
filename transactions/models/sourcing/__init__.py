"""How a provider is found: terms, quotations, opening, evaluation, negotiation, award."""
