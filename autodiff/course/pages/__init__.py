"""Lessons to look at, as one file each that needs no network: slides, and pages to read or print.

`slides` cuts a worked notebook where a reader pauses; `offline` brings along what nbconvert's pages
load from public addresses, packed in `vendor` under the licences that lie beside it.
"""
