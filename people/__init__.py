"""Who is who: staff and their roles, sign-in attempts, the audit log."""
