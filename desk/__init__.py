"""People in a browser: reps, departments, supervisors, administrators."""
