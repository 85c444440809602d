"""Read-only selects for lists, pools and reports."""
