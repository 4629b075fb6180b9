// Stands in for libtensorflow_framework.so.2 while the op library is linked; only its name counts, which the op library
// then asks for. TensorFlow has loaded the real one by the time it loads the op, but in some releases (2.16) for itself
// alone: without naming it the op would not see its symbols.
