"""What texts say, in both languages; short enough for one or two segments."""

from config.city import City
from config.words import Language


def ticket_opened(language: Language, city: City, number: str) -> str:
    """Write the text that follows a report by phone."""
    name = city.name.get(language)
    if language == "es":
        return (
            f"{name}: su reporte tiene el número {number}. Para saber cómo va, "
            "llame y diga «mi reporte». Responda ALTO para no recibir más mensajes."
        )
    return (
        f"{name}: your report is ticket {number}. To hear how it stands, call and say "
        '"check my ticket". Reply STOP for no more texts.'
    )


def payment_taken(language: Language, city: City, cents: int, receipt: str) -> str:
    """Write the text that follows a payment of so many cents."""
    name, amount = city.name.get(language), f"${cents // 100:,}.{cents % 100:02}"
    spaced = " ".join(receipt[at : at + 3] for at in range(0, len(receipt), 3))
    if language == "es":
        return (
            f"{name}: recibimos su pago de {amount}. Recibo {spaced}. Guarde este mensaje. "
            "Responda ALTO para no recibir más mensajes."
        )
    return (
        f"{name}: we received your payment of {amount}. Receipt {spaced}. Keep this message. "
        "Reply STOP for no more texts."
    )
