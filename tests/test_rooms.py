"""The rooms of the package: imports go down only, and names are explained."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import textgen_helpers
from textgen_helpers import exercises
from textgen_helpers.settings import ROOT

PACKAGE = ROOT / "textgen_helpers"

ROOMS = [
    "_quiet",
    "files",
    "hardware",
    "settings",
    "text",
    "model",
    "training",
    "sampling",
    "evaluation",
    "plots",
    "lesson",
]
"""A room imports only from those above it. `exercises` needs none of them."""

MODULES = sorted(PACKAGE.rglob("*.py"))
FACADE = PACKAGE / "__init__.py"

each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix()
)


def read_module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room_of(path: Path) -> str:
    """Return the first part of a module's name within the package."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_modules(path: Path) -> Iterator[str]:
    """Yield the full names of the modules that a module imports."""
    folders = path.relative_to(ROOT).parent.parts
    for node in ast.walk(read_module(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = folders[: len(folders) - node.level + 1]
            if node.module:
                yield ".".join([*base, node.module])
            else:
                for alias in node.names:
                    yield ".".join([*base, alias.name])
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_the_readme_shows_the_rooms_in_this_order() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = re.findall(r"^[├└]── (\w+)(?:/|\.py) ", readme, flags=re.M)
    assert names == [*ROOMS, "exercises"]


def test_the_list_of_rooms_is_complete() -> None:
    names = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()}
    names -= {"__init__", "__pycache__"}
    assert names == {*ROOMS, "exercises"}


@each_module
def test_imports_go_down_only(path: Path) -> None:
    if path == FACADE:
        return
    room = room_of(path)
    allowed = {room}
    if room != "exercises":
        allowed |= set(ROOMS[: ROOMS.index(room)])
    for name in imported_modules(path):
        top, *rest = name.split(".")
        assert top not in {"tools", "tests", "tasks", "benchmarks"}, name
        if top == PACKAGE.name:
            assert rest and rest[0] in allowed, f"{path} imports {name}"


def mentions_of_environment(path: Path) -> list[ast.AST]:
    """Return each place of a module that names `os.environ` or `os.getenv`."""
    names = {"environ", "environb", "getenv", "getenvb"}
    return [
        node
        for node in ast.walk(read_module(path))
        if names & {getattr(node, key, None) for key in ("id", "attr", "name")}
    ]


@each_module
def test_only_settings_reads_the_environment(path: Path) -> None:
    if path.name not in {"settings.py", "_quiet.py"}:
        assert not mentions_of_environment(path)


def test_quiet_reads_one_variable() -> None:
    path = PACKAGE / "_quiet.py"
    source = path.read_text(encoding="utf-8")
    uses = set(re.findall(r"os\.environ.*", source))
    assert uses == {
        'os.environ["KERAS_BACKEND"] = "tensorflow"',
        "os.environ.get(SHOW_LOGS):",
        'os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")',
    }
    assert len(mentions_of_environment(path)) == len(uses)


@pytest.mark.parametrize("path", [FACADE, PACKAGE / "exercises/__init__.py"])
def test_the_facades_only_re_export(path: Path) -> None:
    docstring, *statements = read_module(path).body
    assert isinstance(docstring, ast.Expr)
    for statement in statements:
        assert isinstance(statement, ast.ImportFrom | ast.Assign)
    *_, names = statements
    assert ast.unparse(names).startswith("__all__ = ")


def public_things() -> dict[str, Any]:
    """Return what the facade exports and its checks, by name."""
    things = {
        name: getattr(textgen_helpers, name) for name in textgen_helpers.__all__
    }
    for name in exercises.__all__:
        things[f"exercises.{name}"] = getattr(exercises, name)
    return things


def public_functions() -> dict[str, Any]:
    """Return the public functions, and the methods that classes add."""
    functions = {}
    for name, thing in public_things().items():
        if inspect.isfunction(thing):
            functions[name] = thing
        elif inspect.isclass(thing):
            for key, method in vars(thing).items():
                is_inherited = any(key in vars(x) for x in thing.__mro__[1:])
                method = getattr(method, "__func__", method)
                is_method = inspect.isfunction(method)
                if is_method and not is_inherited and not key.startswith("_"):
                    functions[f"{name}.{key}"] = method
    return functions


@pytest.mark.parametrize("name", public_things())
def test_everything_public_is_explained(name: str) -> None:
    thing = public_things()[name]
    if isinstance(thing, dict):
        return  # RECIPES: a string below it explains it
    assert thing.__doc__, name
    is_check = name.startswith("exercises.")
    if not inspect.ismodule(thing) and not is_check:
        assert "Example:" in inspect.getdoc(thing)


@pytest.mark.parametrize("name", public_functions())
def test_docstrings_explain_each_argument(name: str) -> None:
    function = public_functions()[name]
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    names = [key for key in signature.parameters if key not in {"self", "cls"}]
    for key in names:
        assert signature.parameters[key].annotation is not inspect._empty, key
    docstring = inspect.getdoc(function)
    sections = dict(
        re.findall(
            r"^(Args|Returns|Raises|Example):\n((?:    .*\n?|\n)+)",
            docstring,
            flags=re.MULTILINE,
        )
    )
    explained = re.findall(
        r"^    \**(\w+):", sections.get("Args", ""), flags=re.MULTILINE
    )
    assert explained == names
    if names:
        has_result = signature.return_annotation not in {None, "None"}
        assert ("Returns" in sections) == has_result


def test_every_public_name_is_used_by_a_notebook() -> None:
    code = ""
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                code += "".join(cell["source"]) + "\n"
    used = set(re.findall(r"\btg\.((?:exercises\.)?\w+)", code))
    unused = public_things().keys() - used - {"exercises"}
    assert not unused, "export only what the notebooks call"
