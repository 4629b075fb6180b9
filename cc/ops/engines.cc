#include "cc/ops/engines.h"

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace tf_wavenet {
namespace {

constexpr size_t kAlignment = 64;  // what the engine asks of a voice

size_t Size(const TF_Tensor* voice) { return static_cast<size_t>(TF_Dim(voice, 0)); }

}  // namespace

bool OpenEngine::Open(TensorPtr voice, const Options& options, TF_Status* status) {
  voice_ = std::move(voice);
  const size_t size = Size(voice_.get());
  const void* data = TF_TensorData(voice_.get());
  // TensorFlow aligns its own tensors, but one that borrows its memory (DLPack) may lie anywhere.
  if (reinterpret_cast<uintptr_t>(data) % kAlignment != 0) {
    copy_.reset(std::aligned_alloc(kAlignment, (size / kAlignment + 1) * kAlignment));
    if (copy_ == nullptr) {
      const std::string message = "no memory for an aligned copy of the voice's " + std::to_string(size) + " bytes";
      TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, message.c_str());
      return false;
    }
    data = std::memcpy(copy_.get(), data, size);
  }
  const tfwn_engine_options wanted = options.ForEngine();
  const auto create = [&](char* message, size_t message_size) {
    tfwn_engine* engine = nullptr;
    const int code = tfwn_engine_create(data, size, &wanted, &engine, message, message_size);
    engine_.reset(engine);
    return code;
  };
  const auto describe = [&](char* message, size_t message_size) {
    return tfwn_engine_voice_info(engine_.get(), &info_, message, message_size);
  };
  if (!CallEngine(create, status) || !CallEngine(describe, status)) return false;
  std::memcpy(end_, static_cast<const char*>(data) + size - kEndBytes, kEndBytes);
  return true;
}

bool OpenEngine::IsOf(const TF_Tensor* voice) const {
  const size_t size = Size(voice);
  const char* data = static_cast<const char*>(TF_TensorData(voice));
  return data == TF_TensorData(voice_.get()) && size == Size(voice_.get()) &&
         std::memcmp(data + size - kEndBytes, end_, kEndBytes) == 0;
}

std::unique_ptr<OpenEngine> Engines::Take(TensorPtr voice, TF_Status* status) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (size_t i = idle_.size(); i-- > 0;) {
      if (!idle_[i]->IsOf(voice.get())) continue;
      std::unique_ptr<OpenEngine> found = std::move(idle_[i]);
      idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
      return found;
    }
  }
  auto engine = std::make_unique<OpenEngine>();
  if (!engine->Open(std::move(voice), options_, status)) return nullptr;
  return engine;
}

void Engines::GiveBack(std::unique_ptr<OpenEngine> engine) {
  std::unique_ptr<OpenEngine> surplus;  // ends after the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(engine));
  if (idle_.size() <= kMaxIdle) return;
  surplus = std::move(idle_.front());
  idle_.erase(idle_.begin());
}

}  // namespace tf_wavenet
