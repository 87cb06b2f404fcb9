"""Double entry in whole cents: every figure anybody is told is a sum of entries."""
