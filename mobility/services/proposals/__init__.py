"""Use cases of proposals: decisions by two governments, and how proposals end without one."""
