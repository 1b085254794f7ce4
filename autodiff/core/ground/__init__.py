"""What every room stands on: errors by reason, the user's line, scopes, watchers.

It knows nothing of derivatives, and imports nothing of this package.
"""
