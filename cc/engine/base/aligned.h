// A fixed-size array of numbers on a cache-line boundary, zero at first. Throws std::bad_alloc (the C ABI catches it).
#ifndef TF_WAVENET_CC_ENGINE_BASE_ALIGNED_H_
#define TF_WAVENET_CC_ENGINE_BASE_ALIGNED_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace tf_wavenet {

template <class T>
class Aligned {
 public:
  static constexpr std::size_t kAlignment = 64;

  explicit Aligned(std::size_t size)
      : size_(size), data_(static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t(kAlignment)))) {
    if (size > 0) std::memset(data_.get(), 0, size * sizeof(T));
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(T* data) const { ::operator delete(data, std::align_val_t(kAlignment)); }
  };
  std::size_t size_;
  std::unique_ptr<T, Free> data_;
};

using AlignedFloats = Aligned<float>;

}  // namespace tf_wavenet

#endif  // TF_WAVENET_CC_ENGINE_BASE_ALIGNED_H_
