// What this CPU, and its operating system, can run. Says nothing of what was built (dispatch.cc joins the two).
#ifndef TF_WAVENET_CC_ENGINE_RUNTIME_CPU_H_
#define TF_WAVENET_CC_ENGINE_RUNTIME_CPU_H_

namespace tf_wavenet {

struct CpuFeatures {
  bool avx2 = false;        // AVX2 and FMA
  bool avx512 = false;      // AVX-512 F, BW, DQ, VL
  bool avx512vnni = false;  // those and VNNI
};

CpuFeatures DetectCpu();

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_RUNTIME_CPU_H_
