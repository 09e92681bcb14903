"""PDF documents, made in the worker."""
