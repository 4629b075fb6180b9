"""Stands in for rules_proto: forwards to the rules inside Bazel. Bazel's own packages load it."""

proto_lang_toolchain = native.proto_lang_toolchain
proto_library = native.proto_library
