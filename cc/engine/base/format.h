// Format: printf into a std::string, for error messages.
#ifndef TF_WAVENET_CC_ENGINE_BASE_FORMAT_H_
#define TF_WAVENET_CC_ENGINE_BASE_FORMAT_H_

#include <string>

namespace tf_wavenet {

std::string Format(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_BASE_FORMAT_H_
