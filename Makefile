# Two commands that work on a machine with Python (3.10 or newer), pip, g++ and make; pip brings the rest:
#   make demo   builds and installs into .venv, speaks a sentence
#   make test   the same, then runs the engine's tests and the Python tests

PYTHON ?= python3
VENV ?= .venv
TENSORFLOW ?= tensorflow-cpu  # or `tensorflow`
FUZZ_COUNT ?= 20000
FUZZ_SEED ?= 1
BUILD := build/tests
GOOGLETEST := build/googletest
GTEST_FOLDER := $(GOOGLETEST)/ros_gtest_vendor-1.15.1.data/data/src/gtest_vendor

PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
CMAKE := $(VENV)/bin/cmake

# Tests of whatever has several threads.
THREADED := SpinTest.*:*/SpinTest.*:PoolTest.*:CoresTest.*:MeasureStreamTest.*:*/TeamTest.*:EnginesTest.*

.PHONY: demo test test-cc test-python test-sanitized test-threads clean

demo: $(VENV)/bin/python
	$(PIP) install '.[$(strip $(TENSORFLOW)),evaluate,plot]'
	$(VENV)/bin/tf-wavenet demo

test: $(VENV)/bin/python
	$(PIP) install '.[$(strip $(TENSORFLOW)),test]'
	$(MAKE) test-cc
	$(MAKE) test-python

test-cc: $(GTEST_FOLDER)
	$(CMAKE) -S . -B $(BUILD) -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(VENV))/bin/ninja \
	  -DPython_EXECUTABLE=$(abspath $(VENV))/bin/python \
	  -DTF_WAVENET_TESTS=ON -DTF_WAVENET_GOOGLETEST=$(abspath $(GTEST_FOLDER))
	$(CMAKE) --build $(BUILD)
	cd $(BUILD) && $(abspath $(VENV))/bin/ctest --output-on-failure

# The engine's tests and the fuzzer under sanitizers, which the flags of the shipped build leave out.
test-sanitized: $(GTEST_FOLDER)
	$(CMAKE) -S . -B $(BUILD)-sanitized -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(VENV))/bin/ninja \
	  -DPython_EXECUTABLE=$(abspath $(VENV))/bin/python -DTF_WAVENET_SANITIZERS=address,undefined \
	  -DTF_WAVENET_TESTS=ON -DTF_WAVENET_GOOGLETEST=$(abspath $(GTEST_FOLDER))
	$(CMAKE) --build $(BUILD)-sanitized --target engine_tests voice_fuzz
	$(BUILD)-sanitized/engine_tests --gtest_brief=1
	$(BUILD)-sanitized/voice_fuzz $(FUZZ_COUNT) $(FUZZ_SEED)

# Those with several threads under ThreadSanitizer.
test-threads: $(GTEST_FOLDER)
	$(CMAKE) -S . -B $(BUILD)-threads -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(VENV))/bin/ninja \
	  -DPython_EXECUTABLE=$(abspath $(VENV))/bin/python -DTF_WAVENET_SANITIZERS=thread \
	  -DTF_WAVENET_TESTS=ON -DTF_WAVENET_GOOGLETEST=$(abspath $(GTEST_FOLDER))
	$(CMAKE) --build $(BUILD)-threads --target engine_tests
	$(BUILD)-threads/engine_tests --gtest_brief=1 --gtest_filter='$(THREADED)'

# The package is taken from the environment, not from here: what is tested is what would be shipped.
test-python:
	$(VENV)/bin/pytest

# Debian has the venv module without ensurepip; then the pip that is there installs one into the environment.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	  $(PYTHON) -m pip --python $(VENV)/bin/python install pip; }

# GoogleTest's sources. PyPI has them in one package, a wheel that says it is for CPython 3.11; only files are taken.
$(GTEST_FOLDER):
	mkdir -p $(GOOGLETEST)
	$(PIP) download --no-deps --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 \
	  --platform manylinux_2_28_x86_64 --dest $(GOOGLETEST) ros-gtest-vendor==1.15.1
	$(VENV)/bin/python -m zipfile -e $(GOOGLETEST)/ros_gtest_vendor-1.15.1-*.whl $(GOOGLETEST)

clean:
	rm -rf $(VENV) $(BUILD) $(BUILD)-sanitized $(BUILD)-threads $(GOOGLETEST)
