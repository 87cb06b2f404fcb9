"""The rooms of the desk, one module each; every route says who may enter."""
