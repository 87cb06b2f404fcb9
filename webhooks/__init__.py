"""Machines that call us: Twilio voice turns, status callbacks, the fallback process."""
