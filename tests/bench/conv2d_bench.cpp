// Convolutions of the built-in networks, kernel by kernel: GFLOP/s and share of the measured FMA peak of each pass and
// implementation, direct multiply-adds counted. An own harness since the kernels are a C library: no JVM is measured.
//
//   conv2d_bench [THREADS [PATTERN]]     QUERN_TEST_OPENBLAS names OpenBLAS; PATTERN picks shapes by name
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

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

// Median seconds of some runs, after one that warms up.
double seconds(const std::function<void()>& body) {
  using Clock = std::chrono::steady_clock;
  body();
  std::vector<double> all;
  const auto begin = Clock::now();
  while (all.size() < 5 || (all.size() < 200 && std::chrono::duration<double>(Clock::now() - begin).count() < 0.2)) {
    const auto start = Clock::now();
    body();
    all.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
  return all[all.size() / 2];
}

// Aligned to cache lines, as a plan's are: vectors that cross lines would be measured otherwise.
struct Floats {
  std::vector<float> memory;
  float* at;

  explicit Floats(int64_t n) : memory(static_cast<size_t>(n) + 16), at(memory.data()) {
    while (reinterpret_cast<uintptr_t>(at) % 64 != 0) at++;
  }
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

void bench(const Shape& s, int64_t implementation, double peak) {
  const int64_t padding = s.kernel == 5 ? 0 : s.kernel / 2, out = (s.size + 2 * padding - s.kernel) / s.stride + 1;
  quern_conv2d d{s.batch, s.in, s.size, s.size,   s.out, s.kernel, s.kernel,       s.stride, s.stride, padding,
                 padding, 1,    1,      s.groups, s.in,  s.out,    implementation, 0,        0,        0};
  if (quern_conv2d_accepts(&d, implementation) != QUERN_OK) return;
  int64_t packed_floats = 0, bytes = 0;
  quern_conv2d_packed_size(&d, &packed_floats);
  quern_conv2d_workspace(&d, &bytes);
  const int64_t weight_count = s.out * s.in / s.groups * s.kernel * s.kernel;
  const int64_t in = s.batch * s.in * s.size * s.size, to = s.batch * s.out * out * out;
  const Floats weights = values(weight_count), src = values(in), dst = values(to), packed(packed_floats);
  const Floats result(std::max({in, to, weight_count})), workspace(bytes / 4);
  if (packed_floats > 0) quern_conv2d_pack(&d, weights.at, packed.at);
  const float* read = packed_floats > 0 ? packed.at : weights.at;
  const double passes[] = {
      seconds([&] { quern_conv2d_forward(&d, src.at, read, nullptr, nullptr, result.at, workspace.at, bytes); }),
      seconds([&] { quern_conv2d_backward_data(&d, dst.at, read, result.at, workspace.at, bytes); }),
      seconds([&] { quern_conv2d_backward_weights(&d, src.at, dst.at, result.at, nullptr, workspace.at, bytes); })};
  const double flops = 2.0 * static_cast<double>(s.batch * out * out * weight_count);
  std::printf("%-10s %4lldx%3lld @%3lld k%lld s%lld %-9s", s.network, static_cast<long long>(s.in),
              static_cast<long long>(s.out), static_cast<long long>(s.size), static_cast<long long>(s.kernel),
              static_cast<long long>(s.stride), quern_conv2d_implementation(implementation));
  for (double t : passes) std::printf("  %7.1f GFLOP/s %4.0f %%", flops / t / 1e9, 100 * flops / t / peak);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  if (quern_init(std::getenv("QUERN_TEST_OPENBLAS"), std::getenv("QUERN_ISA")) != QUERN_OK ||
      quern_set_threads(threads) != QUERN_OK) {
    std::printf("conv2d_bench: %s\n", quern_error_message());
    return 1;
  }
  double peak = 0;
  quern_fma_peak(&peak);
  peak *= threads;
  std::printf("%s, %d threads, FMA peak %.0f GFLOP/s\n%-41s  %-22s  %-22s  %s\n", quern_isa(), threads, peak / 1e9, "",
              "forward", "backward data", "backward weights");
  for (const Shape& s : shapes) {
    if (argc > 2 && std::strstr(s.network, argv[2]) == nullptr) continue;
    for (int64_t i = 0; quern_conv2d_implementation(i) != nullptr; i++) {
      if (std::strcmp(quern_conv2d_implementation(i), "reference") != 0) bench(s, i, peak);
    }
  }
  return 0;
}
