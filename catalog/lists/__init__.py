"""How long lists are asked, found, counted and drawn: filters, keys, cards."""
