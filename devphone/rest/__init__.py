"""Twilio's REST API, version 2010-04-01, as much of it as a phone line uses; a module each."""
