"""Prints cc/sources.bzl as CMake variables, for CMakeLists.txt: `python sources_to_cmake.py SOURCES_BZL PROCESSOR`."""

import sys


def to_cmake(text: str, processor: str) -> str:
    """Returns the lists of `text` as `set` commands, and the flags of ISA sources as properties of these sources."""
    lists = {}
    exec(text, lists)
    lists = {name: value for name, value in lists.items() if name.isupper()}
    lines = []
    isa_copts = lists.pop("ISA_COPTS")
    if processor in ("x86_64", "AMD64"):
        lists["ENGINE_SOURCES"] = [*lists["ENGINE_SOURCES"], *isa_copts]
        for path, flags in isa_copts.items():
            lines.append(f'set_source_files_properties({path} PROPERTIES COMPILE_OPTIONS "{";".join(flags)}")')
    programs = lists["TEST_PROGRAMS"]
    lines += [f'set({program}_SOURCE "{path}")' for program, path in programs.items()]
    fakes = lists["FAKE_BLAS_COPTS"]
    lines += [f'set(fake_{fake}_COPTS "{";".join(flags)}")' for fake, flags in fakes.items()]
    for name, value in lists.items():
        lines.append(f"set({name} [[{value if isinstance(value, str) else ';'.join(value)}]])")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(to_cmake(file.read(), sys.argv[2]), end="")
