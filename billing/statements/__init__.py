"""Bills: a run over a cycle, the gate before they leave, their text, their page and their why."""
