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
