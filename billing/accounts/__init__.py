"""Who is billed, where: premises and the accounts at them."""
