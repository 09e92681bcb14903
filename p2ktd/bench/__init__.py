"""How fast it is, side by side: the same page on a small and on a large database, in turns, in one run.

`make bench` prints ratios, since machines differ: medians of several rounds, p95, and CPU of the web worker.
"""
