"""Data at national size, for measuring: seeded, repeatable, in minutes. Everything is DATA CONTOH.

Rows are written in bulk as the verbs leave them (the constraints of the database judge them); nobody is told,
nothing is printed. `manage.py seed_scale` fills an empty database.
"""
