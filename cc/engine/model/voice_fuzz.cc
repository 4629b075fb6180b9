// Mutates voice files and opens them: `voice_fuzz COUNT SEED [FILE]`. Run it under ASan and UBSan.
//
// Each mutant is one of a few small valid voices (or FILE) after one to four random edits. Half of the mutants get a
// fitting checksum again, so that the checks before it are not the only ones at work. A mutant that is accepted has its
// tensors' first and last floats read and, if small, speaks a frame; one that is refused must say why. The run is
// decided by COUNT, SEED and FILE. 100,000 mutants under both sanitizers: `make test-sanitized FUZZ_COUNT=100000`.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cc/engine/model/voice.h"
#include "cc/engine/model/voice_test_writer.h"
#include "cc/engine/runtime/cpu.h"
#include "cc/engine/runtime/dispatch.h"
#include "cc/engine/synth/state.h"
#include "cc/engine/synth/voice_engine.h"

namespace tf_wavenet {
namespace {

class Random {  // splitmix64
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  size_t Below(size_t n) { return n == 0 ? 0 : Next() % n; }

 private:
  uint64_t state_;
};

std::vector<std::string> SmallVoices() {
  std::vector<std::string> voices;
  const int sizes[][6] = {{1, 1, 1, 2, 1, 0}, {2, 16, 16, 16, 3, 1}, {3, 5, 17, 18, 2, 1}, {12, 2, 3, 4, 1, 2}};
  for (const auto& size : sizes) {
    VoiceConfig config = TinyConfig();
    config.layers = size[0];
    config.residual_channels = size[1];
    config.skip_channels = size[2];
    config.output_channels = size[3];
    config.conditioning_channels = size[4];
    config.conditioning_context = size[5];
    config.upsampling = size[0] % 2 ? Upsampling::kLinear : Upsampling::kRepeat;
    config.embed_tanh = size[0] == 2;
    for (Precision precision : {Precision::kF32, Precision::kInt16, Precision::kInt8}) {
      voices.push_back(MakeVoiceFile(config, size[0], precision).Serialize());
    }
  }
  return voices;
}

// A place to edit: in the first eighth three times out of four, for that is where the keys and the tensor list stand.
size_t Place(const std::string& bytes, Random* random) {
  return random->Below(random->Below(4) ? bytes.size() / 8 + 1 : bytes.size());
}

uint64_t InterestingNumber(Random* random) {
  static const uint64_t kNumbers[] = {0, 1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 27, 63, 64, 65, 128, 1024, 1025, 4096, 4097};
  switch (random->Below(5)) {
    case 0:
      return uint64_t{1} << random->Below(64);
    case 1:
      return (uint64_t{1} << random->Below(64)) - 1;
    case 2:
      return ~uint64_t{0} - random->Below(128);
    case 3:
      return random->Next();
    default:
      return kNumbers[random->Below(std::size(kNumbers))];
  }
}

void Overwrite(std::string* bytes, size_t at, const std::string& with) {
  if (at < bytes->size()) bytes->replace(at, with.size(), with, 0, bytes->size() - at);
}

void Mutate(std::string* bytes, const std::string& other, Random* random) {
  const size_t at = Place(*bytes, random);
  switch (random->Below(9)) {
    case 0:
      if (at < bytes->size()) (*bytes)[at] ^= static_cast<char>(1 << random->Below(8));
      break;
    case 1:
      Overwrite(bytes, at, std::string(1, static_cast<char>(InterestingNumber(random))));
      break;
    case 2:
      bytes->resize(random->Below(4) ? bytes->size() - random->Below(bytes->size() < 200 ? bytes->size() : 200) : at);
      break;
    case 3:
      bytes->append(1 + random->Below(200), random->Below(2) ? '\0' : '\xff');
      break;
    case 4:  // insert a piece of another file, or of this one
      bytes->insert(at, (random->Below(2) ? other : std::string(*bytes))
                            .substr(Place(other, random) % bytes->size(), random->Below(100)));
      break;
    case 5:  // move on what follows
      bytes->erase(at, random->Below(100));
      break;
    case 6:  // the numbers after a name: type, size, offset, value
    case 7:
    case 8: {
      const char* const anchors[] = {"wavenet.", "general.", "layers.", "embed.", "checksum",
                                     "cond",     "relu",     "out",     "skip",   "act."};
      size_t name = bytes->find(anchors[random->Below(std::size(anchors))], at);
      if (name == std::string::npos) name = at;
      while (name < bytes->size() && static_cast<unsigned char>((*bytes)[name]) >= 0x20) ++name;
      const std::string number = Bytes(InterestingNumber(random));
      Overwrite(bytes, name + 4 * random->Below(7), number.substr(0, random->Below(2) ? 4 : 8));
      break;
    }
  }
}

void RepairChecksum(std::string* bytes) {
  if (bytes->size() < 64 || bytes->size() % 64 != 0) return;
  const uint64_t checksum = Checksum(bytes->data(), bytes->size() - 64);
  bytes->replace(bytes->size() - 64, 64, Bytes(checksum) + std::string(56, '\0'));
}

void Require(bool ok, const char* what, uint64_t mutant) {
  if (ok) return;
  std::fprintf(stderr, "mutant %" PRIu64 ": %s\n", mutant, what);
  std::abort();
}

volatile double ends_read;  // keeps the reads of WalkTensors alive

// Sums both ends of every tensor.
double WalkTensors(const Voice& voice) {
  const VoiceConfig& config = voice.config;
  const int64_t rp = PadRows(config.residual_channels), ap = PadRows(config.output_channels);
  double sum = 0;
  const auto ends = [&](const float* data, int64_t count) { sum += data[0] + data[count - 1]; };
  const auto matrix = [&](const Matrix& m) {
    const int64_t bytes =
        int64_t{m.rows} * m.cols * ElementBytes(&m == &voice.cond ? Precision::kF32 : voice.precision);
    const char* data = static_cast<const char*>(m.data);
    sum += data[0] + data[bytes - 1];
    if (m.scale != nullptr) ends(m.scale, m.rows);
  };
  if (voice.inverse_scale != nullptr) ends(voice.inverse_scale, PadRows(config.layers + 2));
  ends(voice.embed_prev, config.output_channels * rp);
  ends(voice.embed_cur, config.output_channels * rp);
  ends(voice.skip_bias, PadRows(config.skip_channels));
  for (const Layer& layer : voice.layers) {
    matrix(layer.prev);
    matrix(layer.cur);
    matrix(layer.skip);
    if (&layer == &voice.layers.back()) continue;
    matrix(layer.res);
    ends(layer.res_bias, rp);
  }
  matrix(voice.relu);
  ends(voice.relu_bias, ap);
  matrix(voice.out);
  ends(voice.out_bias, ap);
  matrix(voice.cond);
  ends(voice.cond_bias, int64_t{config.speakers} * config.layers * 2 * rp);
  return sum;
}

// Speaks one frame with any of the kernels that this CPU has and any nonlinearities, every other time from rings that
// hold anything. Weights may be anything by now, so that the logits may well not be finite: then the answer must be
// Internal.
Status Speak(const Voice& voice, Random* random) {
  const VoiceConfig& config = voice.config;
  const std::vector<const Kernels*> kernels = AvailableKernels(DetectCpu());
  const std::vector<float> conditioning(config.conditioning_channels, 0.5f);
  std::vector<int32_t> samples(config.hop_samples, -1);
  std::vector<char> state(StateBytes(voice));
  State(voice).Save(state.data());  // at position 0: what history holds is not looked at
  const bool from_state = random->Below(2);
  for (size_t i = sizeof(StateHeader); from_state && i < state.size(); ++i)
    state[i] = static_cast<char>(random->Next());
  const int64_t seed = 1;
  const int32_t speaker = static_cast<int32_t>(random->Below(config.speakers));
  Request request;
  request.batch = request.frames = 1;
  request.conditioning_channels = config.conditioning_channels;
  request.conditioning = conditioning.data();
  request.seed = &seed;
  request.speaker = &speaker;
  request.samples = samples.data();
  request.state_in = state.data();
  request.state_in_size = from_state ? state.size() : 0;
  request.state_out = state.data();
  EngineOptions options;
  options.num_threads = 1;
  options.nonlinearities = static_cast<Nonlinearities>(random->Below(kNumNonlinearities));
  std::unique_ptr<VoiceEngine> engine;
  if (Status status = VoiceEngine::Create(voice, *kernels[random->Below(kernels.size())], options, &engine);
      !status.ok()) {
    return status;
  }
  return engine->Generate(request);
}

// Small enough that a frame takes no time worth mentioning.
bool IsSmall(const Voice& voice) { return voice.config.hop_samples <= 64 && StateBytes(voice) <= 1 << 20; }

// A refusal without its numbers and names, to count kinds of refusals.
std::string Kind(const std::string& message) {
  std::string kind;
  bool quoted = false;
  for (char c : message) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && (c < '0' || c > '9')) kind += c;
  }
  return kind.substr(0, 48);
}

int Run(uint64_t count, uint64_t seed, const char* path) {
  std::vector<std::string> bases = SmallVoices();
  if (path != nullptr) {
    std::ifstream file(path, std::ios::binary);
    bases.assign(1, std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
  }
  for (const std::string& base : bases) {
    AlignedBytes bytes(base);
    Voice voice;
    const Status status = OpenVoice(bytes.data(), bytes.size(), &voice);
    if (!status.ok()) {
      std::fprintf(stderr, "the file to mutate is refused: %s\n", status.message().c_str());
      return 1;
    }
  }
  Random random(seed);
  std::map<std::string, uint64_t> refusals;
  uint64_t accepted = 0, changed = 0, spoke = 0, not_finite = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string& base = bases[random.Below(bases.size())];
    std::string mutant = base;
    for (size_t edits = 1 + random.Below(1 + random.Below(4)); edits > 0 && !mutant.empty(); --edits) {
      Mutate(&mutant, bases[random.Below(bases.size())], &random);
    }
    if (random.Below(2)) RepairChecksum(&mutant);
    AlignedBytes bytes(mutant);
    Voice voice;
    const Status status = OpenVoice(bytes.data(), bytes.size(), &voice);
    if (status.ok()) {
      ends_read = WalkTensors(voice);
      ++accepted;
      changed += mutant != base;
      if (!IsSmall(voice)) continue;
      const Status spoken = Speak(voice, &random);
      Require(spoken.ok() || spoken.code() == StatusCode::kInternal, "could not speak, but not as Internal", i);
      ++(spoken.ok() ? spoke : not_finite);
      continue;
    }
    Require(status.code() == StatusCode::kInvalidArgument, "refused, but not as InvalidArgument", i);
    Require(!status.message().empty() && status.message().size() < 1000, "refused with a message of a strange size", i);
    ++refusals[Kind(status.message())];
  }
  std::printf("%" PRIu64 " mutants, seed %" PRIu64 ": %" PRIu64 " accepted (%" PRIu64
              " differ from the original; %" PRIu64 " spoke, %" PRIu64
              " had logits that are not finite), %zu kinds of refusals\n",
              count, seed, accepted, changed, spoke, not_finite, refusals.size());
  for (const auto& [kind, times] : refusals) std::printf("%9" PRIu64 "  %s\n", times, kind.c_str());
  return 0;
}

}  // namespace
}  // namespace tf_wavenet

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: voice_fuzz COUNT SEED [FILE]\n");
    return 2;
  }
  return tf_wavenet::Run(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10),
                         argc == 4 ? argv[3] : nullptr);
}
