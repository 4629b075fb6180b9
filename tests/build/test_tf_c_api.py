"""Our declarations of TensorFlow's C API agree with TensorFlow's own headers."""

import importlib.util
import pathlib
import re

_PROGRAM = """
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"
#define TF_WAVENET_BESIDE_TENSORFLOW
#include "cc/ops/tf_c_api.h"
#define SAME(name, value) static_assert(static_cast<int>(name) == value, #name);
TF_WAVENET_TF_DATA_TYPES(SAME)
TF_WAVENET_TF_CODES(SAME)
static_assert(sizeof(TF_DataType) == sizeof(int) && sizeof(TF_Code) == sizeof(int), "enums are passed as int");
"""


def test_declarations_agree(repository, compile_cc, tmp_path):
    (tmp_path / "beside.cc").write_text(_PROGRAM)
    tensorflow = pathlib.Path(importlib.util.find_spec("tensorflow").origin).parent
    # -Wredundant-decls tells that a declaration of ours met one of theirs; a conflict would have been an error.
    warnings = compile_cc(
        "-std=c++17", "-fsyntax-only", "-Wredundant-decls", f"-isystem{tensorflow / 'include'}", tmp_path / "beside.cc"
    )
    header = (repository / "cc/ops/tf_c_api.h").read_text()
    ours = set(re.findall(r"\b(TF_\w+)\((?!V\))", header.partition("// tf_status.h")[2]))
    met = set(re.findall(r"redundant redeclaration of .*\b(TF_\w+)\(", warnings))
    assert len(ours) > 30
    assert ours == met
