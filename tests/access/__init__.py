"""The table of who sees what and who changes what: `reading`, `changing`, and what is judged `elsewhere`."""
