"""What runs: functions that mark it, what the whole suite drives, the long walk through everything, the exceptions."""
