"""The transforms that users call: functions in, functions of derivatives out.

The idea: run the function once on traced arguments (`record`), then push tangents or pull
cotangents.  May import every other room.
"""
