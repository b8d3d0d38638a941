"""Where the outputs in a notebook come from, and whether they are stale.

A notebook's metadata holds the profile, the text, and hashes of all that its
outputs depend on: its code cells, the modules of the package that they reach,
and the package's data. Nothing here imports the package: code is only read, so
an answer takes seconds.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from .. import ROOT

NAME = "textgen"  # of the entry in a notebook's metadata
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib")
PACKAGE = ROOT / "textgen_helpers"
# What a module reads besides the text, which has a hash of its own.
DATA = {"textgen_helpers.model.pretrained": "data/pretrained.npz"}


def record(
    notebook: NotebookNode, profile: str, dtype: str, corpus: str, text: str
) -> dict[str, Any]:
    """Return what to store with the outputs of a notebook that runs now."""
    modules = reached_modules(notebook)
    return {
        "profile": profile,
        "dtype": dtype,
        "corpus": corpus,
        "corpus_sha256": text_hash(text),
        "code_sha256": code_hash(notebook),
        "modules": module_hashes(modules),
        "data": data_hashes(modules),
        "versions": installed_versions(),
    }


def stale_reasons(
    notebook: NotebookNode,
    profile: str,
    corpus: str,
    text: str | None = None,
) -> list[str]:
    """Return why stored outputs are not those of a run now; empty if they are.

    A run would be in this profile and on this corpus. With its `text`, a
    change of the text is a reason, too. The number format is none: each
    machine has its own.
    """
    stored = notebook.metadata.get(NAME)
    if not stored:
        return ["no outputs have been stored"]
    reasons = []
    if stored["profile"] != profile:
        reasons.append(f"stored from the {stored['profile']} profile")
    if stored["corpus"] != corpus:
        reasons.append(f"stored from the text {stored['corpus']!r}")
    elif text is not None and stored["corpus_sha256"] != text_hash(text):
        reasons.append(f"the text {corpus!r} has changed")
    if stored["code_sha256"] != code_hash(notebook):
        reasons.append("its code cells have changed")
    if "modules" in stored:
        modules = reached_modules(notebook)
        reasons += _changes(stored["modules"], module_hashes(modules))
        reasons += _changes(stored["data"], data_hashes(modules))
    else:
        reasons.append("stored before modules were recorded")
    for package, new in installed_versions().items():
        old = stored["versions"].get(package, "")
        if old != new:
            reasons.append(f"{package} was {old}, is {new}")
    return reasons


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Return a sentence for each name whose hash is another."""
    changed = [
        name
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name)
    ]
    return [f"{name} has changed" for name in sorted(changed)]


def installed_versions() -> dict[str, str]:
    """Return the versions of the packages that outputs depend on."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def code_hash(notebook: NotebookNode) -> str:
    """Return the SHA-256 of a notebook's code cells in their order."""
    cells = notebook.cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    return text_hash(json.dumps(sources))


def module_hashes(modules: set[str]) -> dict[str, str]:
    """Return the hashes of modules by their names."""
    return {name: tree_hash(_parse(name)) for name in sorted(modules)}


def data_hashes(modules: set[str]) -> dict[str, str]:
    """Return the hashes of the data files that these modules read."""
    files = [DATA[name] for name in sorted(modules) if name in DATA]
    return {
        name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest()[:12]
        for name in files
        if (ROOT / name).is_file()
    }


def tree_hash(tree: ast.AST) -> str:
    """Return a short hash of code without its comments and docstrings."""
    return text_hash(json.dumps(_plain(tree)))[:12]


def _plain(node: Any) -> Any:
    """Return a tree as lists; the same in all versions of Python.

    `ast.dump` is not: later versions have more fields, which are empty.
    """
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        has_docstring = ast.get_docstring(node) is not None
        fields["body"] = node.body[1:] if has_docstring else node.body
    if isinstance(node, ast.JoinedStr):  # Python 3.12 adds empty parts
        fields["values"] = [
            part
            for part in node.values
            if not (isinstance(part, ast.Constant) and part.value == "")
        ]
    filled = {
        name: _plain(value)
        for name, value in fields.items()
        if value is not None and value != []
    }
    return [type(node).__name__, filled]


def reached_modules(notebook: NotebookNode) -> set[str]:
    """Return the package's modules that a notebook's code cells reach.

    These are the modules that define the names which the cells use, and all
    that those import. An `__init__` that only passes names on does not count.
    """
    cells = notebook.cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    lines = "\n".join(sources).split("\n")
    # Commands of IPython are not Python.
    code = "\n".join(line for line in lines if line[:1] not in ("%", "!"))
    try:
        waiting = list(_used_modules(ast.parse(code)))
    except SyntaxError:  # to be safe
        waiting = _modules_in(PACKAGE.name)
    waiting.append(f"{PACKAGE.name}._quiet")  # runs before all others
    reached: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module not in reached and _file(module).is_file():
            reached.add(module)
            waiting += [
                source for _, source in _imports(_parse(module), module)
            ]
    return reached - {PACKAGE.name}


def _used_modules(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that define what a notebook uses of the package."""
    aliases = {}  # the notebook's names for the package and what is in it
    for alias, module in _imports(tree, ""):
        aliases[alias] = module
        if not _is_package(module):
            yield module
    parents = {
        id(child): node
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or node.id not in aliases:
            continue
        # Follow `tg.exercises.check_softmax` as far as it names modules.
        module, outer = aliases[node.id], parents[id(node)]
        while isinstance(outer, ast.Attribute) and _is_package(module):
            module = _definer(module, outer.attr)
            outer = parents[id(outer)]
        if _is_package(module):  # it is used as a whole
            yield from _modules_in(module)
        yield module


def _imports(tree: ast.Module, module: str) -> Iterator[tuple[str, str]]:
    """Yield each imported name of a module with the module it comes from.

    Only what comes from the package counts.
    """
    is_package = bool(module) and _is_package(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == PACKAGE.name:
                    top = name.name if name.asname else PACKAGE.name
                    yield name.asname or PACKAGE.name, top
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                drop = node.level - 1 if is_package else node.level
                base = module.split(".")[: len(module.split(".")) - drop]
                source = ".".join([*base, *source.split(".")]).strip(".")
            if source.split(".")[0] == PACKAGE.name:
                for name in node.names:
                    yield name.asname or name.name, _definer(source, name.name)


def _definer(module: str, name: str) -> str:
    """Return the module that a name in a module comes from."""
    inner = f"{module}.{name}"
    if not _is_package(module):
        return module
    if _file(inner).is_file():
        return inner
    for alias, source in _imports(_parse(module), module):
        if alias == name:
            return source
    return module


def _is_package(module: str) -> bool:
    """Tell whether a module is a folder of modules."""
    return _file(module).name == "__init__.py"


def _file(module: str) -> Path:
    """Return the file of a module, which need not exist."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _parse(module: str) -> ast.Module:
    """Return the code of a module as a tree."""
    return ast.parse(_file(module).read_text(encoding="utf-8"))


def _modules_in(package: str) -> list[str]:
    """Return the names of all modules in a package."""
    modules = []
    for path in _file(package).parent.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        modules.append(".".join(parts).removesuffix(".__init__"))
    return modules


def differences(old: NotebookNode, new: NotebookNode) -> str:
    """Say in which outputs two runs of one notebook differ.

    Numbers are outputs that are equal except for their digits.
    """
    counts = {"numbers": 0, "pictures": 0, "texts": 0}
    for cell, other in zip(old.cells, new.cells, strict=True):
        before, after = _outputs(cell), _outputs(other)
        for a, b in zip(before, after, strict=False):
            if a != b:
                counts[_kind_of_change(a, b)] += 1
        counts["texts"] += abs(len(before) - len(after))
    parts = [f"{count} {kind}" for kind, count in counts.items() if count]
    return f"{', '.join(parts)} changed" if parts else "nothing changed"


def _outputs(cell: NotebookNode) -> list[NotebookNode]:
    """Return the outputs of a cell, which only code has."""
    return cell.outputs if cell.cell_type == "code" else []


def _kind_of_change(a: NotebookNode, b: NotebookNode) -> str:
    """Return what differs in two outputs: pictures, numbers or texts."""
    if "image/png" in a.get("data", {}):
        return "pictures"
    texts = []
    for output in (a, b):
        masked = re.sub(r"[\d.,]+", "#", json.dumps(output, sort_keys=True))
        texts.append(re.sub(r" +", " ", masked))
    return "numbers" if texts[0] == texts[1] else "texts"
