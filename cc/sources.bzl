"""Every C++ file of the project and how it is compiled: the one list that CMake and Bazel both read.

Plain assignments only, so that it is Starlark for Bazel (`load`) and Python for CMakeLists.txt (`exec`).
"""

# No contraction of a * b + c into fma but where the code says fma: the same bits on every ISA and compiler.
COPTS = [
    "-std=c++17",
    "-O3",
    "-ffp-contract=off",
    "-fvisibility=hidden",
    "-Wall",
    "-Wextra",
]

ENGINE_HEADERS = [
    "cc/engine/base/aligned.h",
    "cc/engine/base/float_environment.h",
    "cc/engine/base/format.h",
    "cc/engine/base/status.h",
    "cc/engine/capi/tf_wavenet.h",
    "cc/engine/engine.h",
    "cc/engine/kernels/elementwise-inl.h",
    "cc/engine/kernels/gemv-inl.h",
    "cc/engine/kernels/kernels-inl.h",
    "cc/engine/kernels/kernels.h",
    "cc/engine/kernels/layout.h",
    "cc/engine/kernels/numbers-inl.h",
    "cc/engine/kernels/simd_avx2.h",
    "cc/engine/kernels/simd_avx512.h",
    "cc/engine/kernels/simd_avx512vnni.h",
    "cc/engine/kernels/simd_scalar.h",
    "cc/engine/kernels/table16.h",
    "cc/engine/kernels/tables.h",
    "cc/engine/model/checksum.h",
    "cc/engine/model/column_major.h",
    "cc/engine/model/gguf.h",
    "cc/engine/model/voice.h",
    "cc/engine/model/voice_keys.h",
    "cc/engine/model/voice_numbers.h",
    "cc/engine/model/voice_tensors.h",
    "cc/engine/model/widen.h",
    "cc/engine/numerics/fixed_math-inl.h",
    "cc/engine/numerics/libm_math-inl.h",
    "cc/engine/numerics/philox.h",
    "cc/engine/numerics/rational_math-inl.h",
    "cc/engine/runtime/blas.h",
    "cc/engine/runtime/cores.h",
    "cc/engine/runtime/cpu.h",
    "cc/engine/runtime/dispatch.h",
    "cc/engine/runtime/measure.h",
    "cc/engine/runtime/pool.h",
    "cc/engine/runtime/spin.h",
    "cc/engine/synth/conditioning.h",
    "cc/engine/synth/lane.h",
    "cc/engine/synth/plan.h",
    "cc/engine/synth/request.h",
    "cc/engine/synth/row_queue.h",
    "cc/engine/synth/sampler.h",
    "cc/engine/synth/schedule.h",
    "cc/engine/synth/scorer.h",
    "cc/engine/synth/share.h",
    "cc/engine/synth/state.h",
    "cc/engine/synth/team.h",
    "cc/engine/synth/trace.h",
    "cc/engine/synth/voice_engine.h",
    "cc/engine/synth/wavenet.h",
]

ENGINE_SOURCES = [
    "cc/engine/base/format.cc",
    "cc/engine/capi/capi.cc",
    "cc/engine/kernels/kernels_scalar.cc",
    "cc/engine/model/checksum.cc",
    "cc/engine/model/column_major.cc",
    "cc/engine/model/gguf.cc",
    "cc/engine/model/voice.cc",
    "cc/engine/model/voice_keys.cc",
    "cc/engine/model/voice_numbers.cc",
    "cc/engine/model/voice_tensors.cc",
    "cc/engine/model/widen.cc",
    "cc/engine/runtime/blas.cc",
    "cc/engine/runtime/cores.cc",
    "cc/engine/runtime/cpu.cc",
    "cc/engine/runtime/dispatch.cc",
    "cc/engine/runtime/measure.cc",
    "cc/engine/runtime/pool.cc",
    "cc/engine/synth/conditioning.cc",
    "cc/engine/synth/lane.cc",
    "cc/engine/synth/plan.cc",
    "cc/engine/synth/request.cc",
    "cc/engine/synth/row_queue.cc",
    "cc/engine/synth/sampler.cc",
    "cc/engine/synth/schedule.cc",
    "cc/engine/synth/scorer.cc",
    "cc/engine/synth/share.cc",
    "cc/engine/synth/state.cc",
    "cc/engine/synth/team.cc",
    "cc/engine/synth/voice_engine.cc",
    "cc/engine/synth/wavenet.cc",
]

# Sources that are compiled for one ISA each; nothing else may use that ISA.
ISA_COPTS = {
    "cc/engine/kernels/kernels_avx2.cc": ["-mavx2", "-mfma"],
    "cc/engine/kernels/kernels_avx512.cc": [
        "-mavx512f",
        "-mavx512bw",
        "-mavx512dq",
        "-mavx512vl",
        "-mfma",
        "-Wno-maybe-uninitialized",  # gcc 12's false alarms inside <immintrin.h>
        "-Wno-uninitialized",
    ],
    "cc/engine/kernels/kernels_avx512vnni.cc": [
        "-mavx512f",
        "-mavx512bw",
        "-mavx512dq",
        "-mavx512vl",
        "-mavx512vnni",
        "-mfma",
        "-Wno-maybe-uninitialized",
        "-Wno-uninitialized",
    ],
}

# Linker script of both libraries: they export the C ABI alone.
EXPORTS = "cc/engine/capi/exports.lds"

TEST_HEADERS = [
    "cc/engine/model/voice_test_writer.h",
    "cc/engine/runtime/fake_blas.h",
    "cc/engine/synth/testing_call.h",
    "cc/engine/synth/testing_reference.h",
    "cc/engine/synth/testing_voice.h",
]

TEST_SOURCES = [
    "cc/engine/base/aligned_test.cc",
    "cc/engine/base/float_environment_test.cc",
    "cc/engine/base/format_test.cc",
    "cc/engine/capi/capi_test.cc",
    "cc/engine/kernels/elementwise_test.cc",
    "cc/engine/kernels/gemv_test.cc",
    "cc/engine/model/checksum_test.cc",
    "cc/engine/model/column_major_test.cc",
    "cc/engine/model/gguf_test.cc",
    "cc/engine/model/voice_keys_test.cc",
    "cc/engine/model/voice_test.cc",
    "cc/engine/model/widen_test.cc",
    "cc/engine/numerics/fixed_math_test.cc",
    "cc/engine/numerics/float_math_test.cc",
    "cc/engine/numerics/philox_test.cc",
    "cc/engine/runtime/blas_test.cc",
    "cc/engine/runtime/cores_test.cc",
    "cc/engine/runtime/cpu_test.cc",
    "cc/engine/runtime/dispatch_test.cc",
    "cc/engine/runtime/measure_test.cc",
    "cc/engine/runtime/pool_test.cc",
    "cc/engine/runtime/spin_test.cc",
    "cc/engine/synth/allocation_test.cc",
    "cc/engine/synth/conditioning_test.cc",
    "cc/engine/synth/plan_test.cc",
    "cc/engine/synth/request_test.cc",
    "cc/engine/synth/sampler_test.cc",
    "cc/engine/synth/schedule_test.cc",
    "cc/engine/synth/score_test.cc",
    "cc/engine/synth/scorer_test.cc",
    "cc/engine/synth/state_test.cc",
    "cc/engine/synth/team_test.cc",
    "cc/engine/synth/testing_reference.cc",
    "cc/engine/synth/testing_voice.cc",
    "cc/engine/synth/voice_engine_test.cc",
    "cc/engine/synth/wavenet_test.cc",
]

# Programs that tests and tools run.
TEST_PROGRAMS = {
    "selftest": "cc/engine/capi/selftest.cc",
    "step_budget": "cc/engine/synth/step_budget.cc",
    "voice_fuzz": "cc/engine/model/voice_fuzz.cc",
}

# Compiled to libfake_NAME.so, which tests load as a BLAS, with the functions that NAME's library has.
FAKE_BLAS = "cc/engine/runtime/fake_blas.cc"
FAKE_BLAS_COPTS = {
    "openblas": [
        "-DSGEMV=cblas_sgemv",
        "-DSET_NUM_THREADS=openblas_set_num_threads",
        "-DINT=int32_t",
    ],
    "scipy_openblas64": [
        "-DSGEMV=scipy_cblas_sgemv64_",
        "-DSET_NUM_THREADS=scipy_openblas_set_num_threads64_",
        "-DINT=int64_t",
    ],
    "mkl": [
        "-DSGEMV=cblas_sgemv",
        "-DSET_NUM_THREADS=MKL_Set_Num_Threads",
        "-DSET_LAYER=MKL_Set_Threading_Layer",
        "-DINT=int32_t",
    ],
    "stranger": [
        "-DSGEMV=cblas_sgemv",
        "-DSET_NUM_THREADS=stranger_set_num_threads",
        "-DINT=int32_t",
    ],
}

OPS_HEADERS = [
    "cc/ops/engines.h",
    "cc/ops/fast_wavenet_inference_op.h",
    "cc/ops/fast_wavenet_score_op.h",
    "cc/ops/op_inputs.h",
    "cc/ops/op_spec.h",
    "cc/ops/op_support.h",
    "cc/ops/tf_c_api.h",
]

OPS_SOURCES = [
    "cc/ops/engines.cc",
    "cc/ops/fast_wavenet_inference_op.cc",
    "cc/ops/fast_wavenet_score_op.cc",
    "cc/ops/op_inputs.cc",
    "cc/ops/op_support.cc",
    "cc/ops/registration.cc",
]

# Linked as TENSORFLOW_SONAME, which the op library asks for, and thrown away.
TENSORFLOW_STUB = "cc/ops/tensorflow_framework_stub.cc"
TENSORFLOW_SONAME = "libtensorflow_framework.so.2"

# Where the op library looks for the engine and TensorFlow, once installed.
OPS_RUNPATH = "$ORIGIN:$ORIGIN/../tensorflow"
