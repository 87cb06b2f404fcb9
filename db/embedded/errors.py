"""What can go wrong with the embedded servers, each as one plain sentence."""


class EmbeddedError(RuntimeError):
    """A server could not be started or reached; the message is fit to print as it is."""


class PortTakenError(EmbeddedError):
    """A port that was asked for by number is in use by another program."""
