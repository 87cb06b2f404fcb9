"""The database: base classes, the one place that commits, migrations, embedded servers, seed."""
