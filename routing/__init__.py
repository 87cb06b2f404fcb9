"""Who should take this: departments, hours, queues, destinations."""
