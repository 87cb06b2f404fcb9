"""The flow language: what a conversation file may say, its reader, its checker, its pictures."""
