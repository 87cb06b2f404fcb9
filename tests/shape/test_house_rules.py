"""The house rules, each with its reason in its message. Syntax trees only: no tool, no imports."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from config import yaml_file
from tests.shape.source_tree import ROOT, calls, files, functions, nodes, sources, text_files, told

LONGEST_FUNCTION = 40
LONGEST_FILE = 300
DEEPEST = 2
# What branches or repeats. `with` and `try` frame a piece of work and are not counted.
CONTROL = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match)

# Who waits on a network, by the name it is called by, and the argument that bounds the wait.
BOUNDED = {
    "httpx.Client": "timeout",
    "httpx.AsyncClient": "timeout",
    "httpx.get": "timeout",
    "httpx.post": "timeout",
    "Redis": "socket_timeout",
    "Redis.from_url": "socket_timeout",
    "redis.Redis": "socket_timeout",
    "redis.from_url": "socket_timeout",
    "psycopg.connect": "connect_timeout",
    "urlopen": "timeout",
    "urllib.request.urlopen": "timeout",
    "TwilioHttpClient": "timeout",
    "TwilioClient": "http_client",
    "twilio.rest.Client": "http_client",
}
UNBOUNDED = {
    "cli/background.py": "RQ's worker waits for work: its client keeps redis-py's own bounds",
}
MARKUP = re.compile(
    r"</?(Response|Say|Gather|Dial|Enqueue|Play|Redirect|Pay|Record|Hangup|Conference)\b"
)
READS_TWIML = ("devphone/", "tests/")  # they quote it in sentences, and send none to anybody
SAID_BY_THE_REQUEST = {"url", "base_url", "url_root", "root_url", "host", "host_url"}


def test_functions_fit_in_one_look() -> None:
    found = [
        f"{source.at(node)} {node.name}: {length} lines"
        for source, node in functions()
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not found, told(f"A function over {LONGEST_FUNCTION} lines does two things:", found)


def test_files_fit_in_one_sitting() -> None:
    lengths = {source.path: source.text.count("\n") for source in sources()}
    found = [f"{path}: {length}" for path, length in lengths.items() if length > LONGEST_FILE]
    assert not found, told(f"A file over {LONGEST_FILE} lines is two rooms:", found)


def depth(node: ast.AST, level: int = 0) -> int:
    """Return the deepest nesting of control flow below a node; `elif` is no deeper than `if`."""
    deepest = level
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deeper = isinstance(child, CONTROL) and not is_elif
        deepest = max(deepest, depth(child, level + deeper))
    return deepest


def test_control_flow_is_flat() -> None:
    found = [
        f"{source.at(node)} {node.name}: {depth(node)} levels"
        for source, node in functions()
        if depth(node) > DEEPEST
    ]
    assert not found, told(f"Below {DEEPEST} levels a reader loses the condition:", found)


def test_every_file_says_what_it_is() -> None:
    found = [one.path for one in sources() if one.tree.body and not ast.get_docstring(one.tree)]
    assert not found, told("A module's first line says why it exists:", found)


def test_only_the_session_module_commits() -> None:
    found = [
        source.at(node)
        for source, node, name in calls()
        if name.endswith(".commit") and source.path != "db/session.py"
    ]
    assert not found, told("Transactions begin and end in db/session.py alone:", found)


def test_nothing_of_ours_is_patched() -> None:
    patches = re.compile(r"(^|\.)(mock\.patch|patch|patch\.object|setattr)$")
    found = [
        source.at(node)
        for source, node, name in calls()
        if source.is_test() and patches.search(name) and name != "setattr"
    ]
    assert not found, told("Pass the outside in as an object; a patch tests the patch:", found)


def test_every_moment_knows_its_zone() -> None:
    naive = {"datetime.utcnow", "datetime.utcfromtimestamp", "datetime.today", "date.today"}
    found = [
        f"{source.at(node)} {name}()"
        for source, node, name in calls()
        if name.removeprefix("datetime.") in naive
        or name in naive
        or (name.endswith("datetime.now") and not node.args and not node.keywords)
    ]
    assert not found, told("UTC is stored, civil time is computed; a naive time is neither:", found)


def test_no_client_waits_without_a_bound() -> None:
    found = [
        f"{source.at(node)} {name} without {BOUNDED[name]}="
        for source, node, name in calls()
        if name in BOUNDED
        and not source.is_test()  # pytest-timeout bounds those
        and source.path not in UNBOUNDED
        and not any(one.arg in {BOUNDED[name], None} for one in node.keywords)
    ]
    assert not found, told("Twilio and requests wait for ever, Redis for a minute:", found)


def test_requests_is_not_used() -> None:
    found = [
        source.at(node)
        for source, node in nodes()
        if isinstance(node, ast.Import | ast.ImportFrom) and "requests" in imported(node)
    ]
    assert not found, told("requests has no timeout of its own; httpx is here:", found)


def imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the top packages that an import names."""
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").partition(".")[0]}
    return {one.name.partition(".")[0] for one in node.names}


def test_no_twiml_is_glued_from_strings() -> None:
    found = [
        source.at(node)
        for source, node in nodes()
        if not source.path.startswith(READS_TWIML)
        and isinstance(node, ast.JoinedStr)
        and MARKUP.search(fixed(node))
    ]
    assert not found, told("A caller's word in an f-string is TwiML injection:", found)


def fixed(node: ast.JoinedStr) -> str:
    """Return the parts of an f-string that are written down."""
    parts = [one.value for one in node.values if isinstance(one, ast.Constant)]
    return " ".join(part for part in parts if isinstance(part, str))


def test_webhooks_do_not_believe_the_request_about_its_address() -> None:
    found = [
        source.at(node)
        for source, node in nodes()
        if source.path.startswith("webhooks/") and isinstance(node, ast.expr) and believes(node)
    ]
    assert not found, told("Host and X-Forwarded-* are the sender's; sign over PUBLIC_URL:", found)


def believes(node: ast.expr) -> bool:
    """Say whether an expression reads the address out of the request."""
    if isinstance(node, ast.Attribute):
        return ast.unparse(node.value).endswith("request") and node.attr in SAID_BY_THE_REQUEST
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    word = node.value.lower().replace("_", "-").removeprefix("http-")
    return word in {"host", "forwarded"} or word.startswith("x-forwarded")


def test_money_is_no_float() -> None:
    found = [
        source.at(node)
        for source, node in nodes()
        if source.path.startswith("billing/") and isinstance(node, ast.expr) and is_float(node)
    ]
    assert not found, told("Money is integer cents or Decimal; a float loses some:", found)


def is_float(node: ast.expr) -> bool:
    """Say whether an expression is a float, or names the type."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    return isinstance(node, ast.Name) and node.id == "float"


def yamls() -> Iterator[Path]:
    """Return every YAML file the city decides by."""
    yield from (path for path in files() if path.suffix in {".yaml", ".yml"})


def test_every_yaml_file_of_the_city_can_be_read() -> None:
    configured = [path for path in yamls() if path.is_relative_to(ROOT / "config")]
    assert configured
    for path in configured:
        yaml_file.read(path)  # raises with the file's name: bad syntax, a repeated key


def test_no_machine_is_named() -> None:
    # Taken apart, so that this file does not name them either.
    places = "|".join(("/roo" + "t/", "/ho" + r"me/\w", "/wo" + "rk/", r"\.\./sh" + "ared"))
    hosts = "|".join(
        ("py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npmjs", "/op" + "t/")
    )
    named = re.compile(rf"{places}|{hosts}")
    found = [f"{path}: {hit.group()}" for path, text in text_files() if (hit := named.search(text))]
    assert not found, told("Any checkout on any machine must work:", found)
