"""What every page must be: titled, in a language, labelled, without inline script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

WORDLESS = {"hidden", "submit"}


@dataclass
class Page(HTMLParser):
    """What a page is made of, as far as the house rules look."""

    html: str
    language: str = ""
    title: str = ""
    headings: int = 0
    inline: list[str] = field(default_factory=list[str])
    labelled: set[str] = field(default_factory=set[str])
    controls: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    forms: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        found = re.search(r"<title>(.*?)</title>", self.html, re.DOTALL)
        self.title = found.group(1).strip() if found else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        self.headings += tag == "h1"
        handlers = [name for name in given if name.startswith(("on", "hx-on", "style"))]
        self.inline += handlers
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        if tag == "label":
            self.labelled.add(given.get("for", ""))
        if tag == "form":
            self.forms.append({"attributes": given, "fields": {}})
        if tag in {"input", "textarea", "select"}:
            self.controls.append(given | {"tag": tag})
            if self.forms and "name" in given:
                self.forms[-1]["fields"][given["name"]] = given.get("value", "")

    def problems(self) -> list[str]:
        """List what breaks a house rule, each in a few words."""
        found = [f"inline {what}" for what in self.inline]
        found += [] if self.title else ["no title"]
        found += [] if self.language in {"en", "es"} else ["no language"]
        found += [] if self.headings == 1 else [f"{self.headings} first headings"]
        found += [f"unlabelled {c.get('name')}" for c in self.controls if not self._is_labelled(c)]
        found += [f"a form without a token: {f['attributes']}" for f in self.forms if bare(f)]
        return found

    def _is_labelled(self, control: dict[str, str]) -> bool:
        if control.get("type") in WORDLESS or control.get("id") == "single-keys":
            return True  # the latter's label is around it
        return control.get("id", "?") in self.labelled


def bare(form: Mapping[str, Any]) -> bool:
    """Tell a form that changes something and carries no token."""
    posts = form["attributes"].get("method", "get").lower() == "post"
    return posts and not form["fields"].get("csrf_token")
