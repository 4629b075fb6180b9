// A fixed-size array of floats on a cache-line boundary, zero at first. Throws std::bad_alloc (the C ABI catches it).
#ifndef TF_WAVENET_CC_ENGINE_BASE_ALIGNED_FLOATS_H_
#define TF_WAVENET_CC_ENGINE_BASE_ALIGNED_FLOATS_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace tf_wavenet {

class AlignedFloats {
 public:
  static constexpr std::size_t kAlignment = 64;

  explicit AlignedFloats(std::size_t size)
      : size_(size), data_(static_cast<float*>(::operator new(size * sizeof(float), std::align_val_t(kAlignment)))) {
    if (size > 0) std::memset(data_.get(), 0, size * sizeof(float));
  }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(float* data) const { ::operator delete(data, std::align_val_t(kAlignment)); }
  };
  std::size_t size_;
  std::unique_ptr<float, Free> data_;
};

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_BASE_ALIGNED_FLOATS_H_
