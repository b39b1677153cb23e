// Operators called from several threads at once, each on its own outputs and workspace: bit-identical to single calls,
// and each thread its own error message.
#include <chrono>
#include <thread>
#include <vector>

#include "conv2d_descriptor.h"
#include "guarded.h"
#include "numbers.h"

namespace {

const quern_conv2d kConv = with(conv(4, 3, 24, 24, 8, 3, 3), 1, 1);
const quern_linear kLinear{64, 96, 80, 1, 0};

std::vector<float> randoms(size_t n, uint64_t seed) {
  std::vector<float> values(n);
  Random random(seed);
  for (float& v : values) v = random.real();
  return values;
}

// Shared by all callers: only read.
struct Inputs {
  std::vector<float> src = randoms(4 * 24 * 24 * 3, 1), diff = randoms(4 * 24 * 24 * 8, 2);
  std::vector<float> weights = randoms(8 * 3 * 9, 3), bias = randoms(8, 4);
  std::vector<float> rows = randoms(64 * 96, 5), matrix = randoms(80 * 96, 6);
  Packed packed{packed_bytes()};
  Inputs() { CHECK_OK(quern_conv2d_pack(&kConv, weights.data(), packed.data())); }
  static int64_t packed_bytes() {
    int64_t bytes = 0;
    CHECK_OK(quern_conv2d_packed_size(&kConv, &bytes));
    return bytes;
  }
};

struct Outputs {
  std::vector<float> dst, diff_src, diff_weights, diff_bias, linear;
  bool operator==(const Outputs& o) const {
    return dst == o.dst && diff_src == o.diff_src && diff_weights == o.diff_weights && diff_bias == o.diff_bias &&
           linear == o.linear;
  }
};

// Sum of the statuses: 0 if all went well.
int run(const Inputs& in, Outputs* out) {
  int64_t bytes = 0;
  int status = quern_conv2d_workspace(&kConv, &bytes);
  std::vector<double> workspace(static_cast<size_t>(bytes) / sizeof(double) + 1);
  out->dst.assign(in.diff.size(), 0);
  out->diff_src.assign(in.src.size(), 0);
  out->diff_weights.assign(in.weights.size(), 0);
  out->diff_bias.assign(in.bias.size(), 0);
  out->linear.assign(64 * 80, 0);
  status += quern_conv2d_forward(&kConv, in.src.data(), in.packed.data(), in.bias.data(), nullptr, out->dst.data(),
                                 workspace.data(), bytes);
  status += quern_conv2d_backward_data(&kConv, in.diff.data(), in.packed.data(), out->diff_src.data(), workspace.data(),
                                       bytes);
  status += quern_conv2d_backward_weights(&kConv, in.src.data(), in.diff.data(), out->diff_weights.data(),
                                          out->diff_bias.data(), workspace.data(), bytes);
  status += quern_linear_forward(&kLinear, in.rows.data(), in.matrix.data(), nullptr, out->linear.data());
  return status +
         quern_relu_forward(QUERN_F32, static_cast<int64_t>(out->dst.size()), out->dst.data(), out->dst.data());
}

// A refusal on this thread must name this thread's number, whatever the others are told meanwhile.
bool own_message(int caller) {
  char wanted[40];
  std::snprintf(wanted, sizeof wanted, "batch %d is outside", -1 - caller);
  quern_conv2d bad = kConv;
  bad.batch = -1 - caller;
  int64_t bytes;
  const bool refused = quern_conv2d_workspace(&bad, &bytes) == QUERN_INVALID_ARGUMENT;
  std::this_thread::sleep_for(std::chrono::milliseconds(2));  // time enough for the others' refusals
  return refused && std::strstr(quern_error_message(), wanted) != nullptr && ran("relu");
}

}  // namespace

void operators_at_once() {
  CHECK_OK(quern_set_threads(1));
  const Inputs in;
  Outputs alone;
  CHECK(run(in, &alone) == 0);
  for (int threads : {1, 2, 5}) {
    in_case("%d threads a call", threads);
    CHECK_OK(quern_set_threads(threads));
    std::atomic<int> wrong{0};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; caller++) {
      callers.emplace_back([&, caller] {
        for (int i = 0; i < 12; i++) {
          Outputs out;
          if (run(in, &out) != 0 || !(out == alone) || !own_message(caller)) wrong++;
        }
      });
    }
    for (std::thread& t : callers) t.join();
    CHECK(wrong == 0);
  }
  in_case("%s", "");
}
