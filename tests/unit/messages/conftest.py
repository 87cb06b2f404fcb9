"""A text's row points at its ticket's: app.py knows both rooms, here the tables are brought in."""

from tickets.tables import Ticket

assert Ticket.__tablename__ == "tickets"
