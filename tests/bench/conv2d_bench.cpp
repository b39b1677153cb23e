// Convolutions of the built-in networks, kernel by kernel: GFLOP/s and share of the measured FMA peak of each pass and
// implementation, direct multiply-adds counted. An own harness since the kernels are a C library: no JVM is measured.
//
//   conv2d_bench [THREADS [PATTERN [ROUNDS]]]     QUERN_TEST_OPENBLAS names OpenBLAS; PATTERN picks networks by name
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

#include "../native/conv2d_descriptor.h"
#include "quern.h"

namespace {

struct Shape {
  const char* network;
  int64_t batch, in, size, out, kernel, stride, groups;
};

constexpr Shape shapes[] = {
    {"lenet", 64, 1, 28, 20, 5, 1, 1},         {"lenet", 64, 20, 12, 50, 5, 1, 1},
    {"resnet20", 128, 3, 32, 16, 3, 1, 1},     {"resnet20", 128, 16, 32, 16, 3, 1, 1},
    {"resnet20", 128, 16, 32, 32, 3, 2, 1},    {"resnet20", 128, 32, 16, 32, 3, 1, 1},
    {"resnet20", 128, 64, 8, 64, 3, 1, 1},     {"vgg-small", 128, 3, 32, 64, 3, 1, 1},
    {"vgg-small", 128, 64, 32, 64, 3, 1, 1},   {"vgg-small", 128, 64, 16, 128, 3, 1, 1},
    {"vgg-small", 128, 128, 16, 128, 3, 1, 1}, {"vgg-small", 128, 128, 8, 256, 3, 1, 1},
    {"vgg-small", 128, 256, 8, 256, 3, 1, 1},  {"resnet18", 128, 512, 4, 512, 3, 1, 1},
    {"resnet18", 128, 256, 8, 512, 3, 2, 1},   {"resnet50", 8, 256, 56, 64, 1, 1, 1},
    {"resnet50", 1, 64, 56, 256, 1, 1, 1},     {"resnet50", 1, 1024, 14, 256, 1, 1, 1},
    {"resnet50", 1, 512, 7, 2048, 1, 1, 1},    {"mobilenet", 1, 64, 112, 128, 1, 1, 1},
    {"mobilenet", 1, 512, 14, 512, 1, 1, 1},   {"mobilenet", 1, 1024, 7, 1024, 1, 1, 1},
    {"mobilenet", 1, 128, 56, 128, 3, 1, 128}, {"mobilenet", 1, 512, 14, 512, 3, 1, 512},
};

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> all) {
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

// Fused multiply-adds a second, times two, of all threads together, now.
double peak(int threads) {
  std::vector<double> each(static_cast<size_t>(threads));
  std::vector<std::thread> others;
  for (size_t i = 1; i < each.size(); i++) others.emplace_back([&each, i] { quern_fma_peak(&each[i]); });
  quern_fma_peak(each.data());
  for (std::thread& t : others) t.join();
  return std::accumulate(each.begin(), each.end(), 0.0);
}

// Aligned to cache lines, as a plan's are: vectors that cross lines would be measured otherwise.
struct Floats {
  std::vector<float> memory;
  float* at;

  explicit Floats(int64_t n) : memory(static_cast<size_t>(n) + 16), at(memory.data()) {
    while (reinterpret_cast<uintptr_t>(at) % 64 != 0) at++;
  }
  size_t floats() const { return memory.size() - 16; }
};

Floats values(int64_t n) {
  Floats v(n);
  uint32_t state = 1;
  for (int64_t i = 0; i < n; i++) {
    state = state * 1664525u + 1013904223u;
    v.at[i] = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return v;
}

// One implementation of one shape, and what its passes took.
struct Candidate {
  int64_t implementation;
  quern_conv2d d;
  Floats packed, workspace;
  int64_t bytes = 0;
  std::vector<double> rates[3], shares[3];

  Candidate(const quern_conv2d& shape, int64_t i) : implementation(i), d(shape), packed(0), workspace(0) {
    d.implementation = i;
    int64_t packed_bytes = 0;
    quern_conv2d_packed_size(&d, &packed_bytes);
    quern_conv2d_workspace(&d, &bytes);
    packed = Floats((packed_bytes + 3) / 4);
    workspace = Floats(bytes / 4);
  }

  void run(int pass, const Floats& src, const Floats& weights, const Floats& dst, const Floats& result) const {
    const float* read = packed.floats() > 0 ? packed.at : weights.at;
    if (pass == 0) quern_conv2d_forward(&d, src.at, read, nullptr, nullptr, result.at, workspace.at, bytes);
    if (pass == 1) quern_conv2d_backward_data(&d, dst.at, read, result.at, workspace.at, bytes);
    if (pass == 2) quern_conv2d_backward_weights(&d, src.at, dst.at, result.at, nullptr, workspace.at, bytes);
  }
};

// Other programs on the machine take half a core away for seconds. So all candidates run in turn, round by round, each
// for a few milliseconds, and the share is that of the peak which the cores had in the same round.
void bench(const Shape& s, int threads, int rounds) {
  const int64_t padding = s.kernel == 5 ? 0 : s.kernel / 2, out = (s.size + 2 * padding - s.kernel) / s.stride + 1;
  const quern_conv2d d =
      with(conv(s.batch, s.in, s.size, s.size, s.out, s.kernel, s.kernel), s.stride, padding, 1, s.groups);
  const int64_t weight_count = s.out * s.in / s.groups * s.kernel * s.kernel;
  const int64_t in = s.batch * s.in * s.size * s.size, to = s.batch * s.out * out * out;
  const double flops = 2.0 * static_cast<double>(s.batch * out * out * weight_count);
  const Floats weights = values(weight_count), src = values(in), dst = values(to);
  const Floats result(std::max({in, to, weight_count}));
  std::vector<Candidate> candidates;
  for (int64_t i = 0; quern_conv2d_implementation(i) != nullptr; i++) {
    if (std::strcmp(quern_conv2d_implementation(i), "reference") == 0) continue;
    if (quern_conv2d_accepts(&d, QUERN_FORWARD, i) != QUERN_OK) continue;
    candidates.emplace_back(d, i);
    const Candidate& c = candidates.back();
    if (c.packed.floats() > 0) quern_conv2d_pack(&c.d, weights.at, c.packed.at);
  }
  for (int round = -1; round < rounds; round++) {  // the first warms up
    const double now = peak(threads);
    for (Candidate& c : candidates) {
      for (int pass = 0; pass < 3; pass++) {
        constexpr double kLeast = 0.004;
        double runs = 0;
        const auto start = Clock::now();
        for (; runs == 0 || since(start) < kLeast; runs++) c.run(pass, src, weights, dst, result);
        const double rate = flops * runs / since(start);
        if (round < 0) continue;
        c.rates[pass].push_back(rate);
        c.shares[pass].push_back(rate / now);
      }
    }
  }
  for (const Candidate& c : candidates) {
    std::printf("%-10s %4lldx%3lld @%3lld k%lld s%lld %-9s", s.network, static_cast<long long>(s.in),
                static_cast<long long>(s.out), static_cast<long long>(s.size), static_cast<long long>(s.kernel),
                static_cast<long long>(s.stride), quern_conv2d_implementation(c.implementation));
    for (int pass = 0; pass < 3; pass++) {
      std::printf("  %7.1f GFLOP/s %4.0f %%", median(c.rates[pass]) / 1e9, 100 * median(c.shares[pass]));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1, rounds = argc > 3 ? std::atoi(argv[3]) : 15;
  if (quern_init(std::getenv("QUERN_TEST_OPENBLAS"), std::getenv("QUERN_ISA")) != QUERN_OK ||
      quern_set_threads(threads) != QUERN_OK) {
    std::printf("conv2d_bench: %s\n", quern_error_message());
    return 1;
  }
  peak(threads);
  std::printf("%s, %d threads, FMA peak %.0f GFLOP/s, medians of %d rounds\n%-41s  %-22s  %-22s  %s\n", quern_isa(),
              threads, peak(threads) / 1e9, rounds, "", "forward", "backward data", "backward weights");
  for (const Shape& s : shapes) {
    if (argc > 2 && std::strstr(s.network, argv[2]) == nullptr) continue;
    bench(s, threads, rounds);
  }
  return 0;
}
