"""The conversation. Knows neither Flask nor Twilio."""
