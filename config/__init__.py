"""What the city decides: departments, services, intents, hours. Reading and checking only."""
