// The process of one library: measures one workload and prints one line that the runner reads, as Program.java does.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "network.h"

namespace peers {

/** What the command line asks for. */
struct Request {
  bool int8, bf16;
  int batch, threads;
  std::string folder;
  double seconds;

  /** argv: WORKLOAD THREADS FOLDER SECONDS */
  Request(int argc, char** argv) {
    if (argc != 5) throw std::runtime_error("arguments are WORKLOAD THREADS FOLDER SECONDS");
    std::string workload = argv[1];
    size_t before_batch = workload.rfind('-');
    auto ends = [&](const std::string& with) {
      return before_batch >= with.size() && workload.compare(before_batch - with.size(), with.size(), with) == 0;
    };
    if (ends("-train") || ends("-train-bf16")) throw std::runtime_error("has inference only");
    int8 = ends("-int8");
    bf16 = ends("-infer-bf16");
    batch = std::atoi(workload.c_str() + before_batch + 1);
    threads = std::atoi(argv[2]);
    folder = argv[3];
    seconds = std::atof(argv[4]);
  }
};

/** Compares a library's output with Quern's of floats; throws if it is further away than rounding explains. */
inline void check(const Floats& expected, const float* output, bool rounded) {
  double size = largest(expected.data(), expected.size()), difference = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    double d = std::fabs(static_cast<double>(output[i]) - expected[i]);
    difference = std::isfinite(d) ? std::max(difference, d) : HUGE_VAL;
    if (difference == HUGE_VAL) break;
  }
  std::printf("difference from Quern's floats: %g\n", difference / size);
  if (!(difference / size <= (rounded ? 0.2 : 1e-3)))
    throw std::runtime_error("the output differs from Quern's of floats by " + std::to_string(difference / size) +
                             " relative");
}

/** The median rate of steps, in images a second, after a third of the time for warm-up. */
template <class Step>
double measure(const Request& request, Step step) {
  using Clock = std::chrono::steady_clock;
  constexpr int kFewest = 3;
  auto since = [](Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); };
  auto begin = Clock::now();
  for (int warm = 0; warm < kFewest || since(begin) < request.seconds / 3; warm++) step();
  std::vector<double> rates;
  begin = Clock::now();
  while (rates.size() < kFewest || since(begin) < request.seconds) {
    auto start = Clock::now();
    step();
    rates.push_back(request.batch / since(start));
  }
  std::sort(rates.begin(), rates.end());
  size_t n = rates.size();
  return (rates[(n - 1) / 2] + rates[n / 2]) / 2;
}

/** The process, of a library whose model Make makes of request and network: run() is a step, output() what it left. */
template <class Make>
int program(int argc, char** argv, Make make) try {
  Request request(argc, argv);
  Network network(request.folder);
  auto model = make(request, network);
  model->run();
  // oneDNN rounds the factors of float32 products if this variable of its own asks for it
  bool fewer_bits = std::getenv("ONEDNN_DEFAULT_FPMATH_MODE") != nullptr;
  check(network.output, model->output(), request.int8 || request.bf16 || fewer_bits);
  std::printf("\npeers-result %.3f\n", measure(request, [&] { model->run(); }));
  return 0;
} catch (const std::exception& e) {
  std::printf("\npeers-failure %s\n", e.what());
  return 1;
}

}  // namespace peers
