"""What people at the desk teach the line: what callers meant, new phrases, trainings asked for."""
