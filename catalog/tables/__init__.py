"""A provider's services as a workbook: taken away, changed, and brought back."""
