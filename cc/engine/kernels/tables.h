// The tables that exist, one per ISA file. Constant data: naming one runs no code of its ISA.
// For runtime/dispatch.cc, which alone decides which of them may run here, and for the ISA files.
#ifndef TF_WAVENET_CC_ENGINE_KERNELS_TABLES_H_
#define TF_WAVENET_CC_ENGINE_KERNELS_TABLES_H_

#include "cc/engine/kernels/kernels.h"

namespace tf_wavenet {

extern const Kernels kKernelsScalar;
extern const Kernels kKernelsAvx2;  // x86-64 only, as are those below
extern const Kernels kKernelsAvx512;
extern const Kernels kKernelsAvx512Vnni;

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_KERNELS_TABLES_H_
