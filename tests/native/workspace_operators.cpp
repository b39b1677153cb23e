// Every other operator with a workspace, in exactly as much memory as a larger batch asks for, by any number of
// threads.
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace {

std::vector<float> randoms(int64_t n, uint64_t seed) {
  std::vector<float> values(static_cast<size_t>(n));
  Random random(seed);
  for (float& v : values) v = random.real();
  return values;
}

// query(batch, &bytes) and pass(batch, memory, bytes), which returns what it computed: of a smaller batch the same in
// its own memory by one thread as in that of a larger one by several.
template <typename Query, typename Pass>
void check_operator(const char* name, int64_t least, int64_t most, Query&& query, Pass&& pass) {
  Random random(3);
  const auto run = [&](int64_t asked, int asked_threads, int64_t batch, int threads) {
    int64_t bytes = -1, own = -1;
    CHECK_OK(quern_set_threads(asked_threads));
    CHECK_OK(query(asked, &bytes));
    CHECK_OK(query(batch, &own));
    CHECK(own <= bytes);
    CHECK_OK(quern_set_threads(threads));
    Guarded<char> memory(bytes, Guard::After, 8);
    return pass(batch, memory.data(), bytes);
  };
  for (int i = 0; i < 12; i++) {
    const int64_t asked = random.between(least, most), batch = i == 0 ? least : random.between(least, asked);
    const int asked_threads = i % 3 == 0 ? 1 : 5, threads = i % 2 == 0 ? 3 : 64;
    in_case("%s: %lld of %lld by %d threads, asked for with %d", name, (long long)batch, (long long)asked, threads,
            asked_threads);
    CHECK(run(batch, 1, batch, 1) == run(asked, asked_threads, batch, threads));
  }
  in_case("%s", "");
}

void column_sums(int64_t channels) {
  const std::vector<float> src = randoms(9000 * channels, 1);
  check_operator(
      "column_sums", 0, 9000,
      [&](int64_t rows, int64_t* bytes) { return quern_column_sums_workspace(rows, channels, bytes); },
      [&](int64_t rows, void* memory, int64_t bytes) {
        std::vector<float> sums(static_cast<size_t>(channels));
        CHECK_OK(quern_column_sums(QUERN_F32, rows, channels, src.data(), channels, sums.data(), memory, bytes));
        return sums;
      });
}

void prelu(int64_t channels) {
  const std::vector<float> src = randoms(9000 * channels, 1), diff = randoms(9000 * channels, 2),
                           weights = randoms(channels, 3);
  check_operator(
      "prelu", 0, 9000, [&](int64_t rows, int64_t* bytes) { return quern_prelu_workspace(rows, channels, bytes); },
      [&](int64_t rows, void* memory, int64_t bytes) {
        std::vector<float> out(static_cast<size_t>((rows + 1) * channels));
        CHECK_OK(quern_prelu_backward(QUERN_F32, rows, channels, src.data(), diff.data(), weights.data(),
                                      out.data() + channels, out.data(), memory, bytes));
        return out;
      });
}

void linear(int64_t in, int64_t out, int64_t pixels) {
  const std::vector<float> src = randoms(40 * in, 1), diff = randoms(40 * out, 2);
  check_operator(
      "linear", 0, 40,
      [&](int64_t batch, int64_t* bytes) {
        const quern_linear d{batch, in, out, pixels, 0};
        return quern_linear_workspace(&d, bytes);
      },
      [&](int64_t batch, void* memory, int64_t bytes) {
        const quern_linear d{batch, in, out, pixels, 0};
        std::vector<float> grads(static_cast<size_t>(in * out + out));
        CHECK_OK(quern_linear_backward_weights(&d, src.data(), diff.data(), grads.data(), grads.data() + in * out,
                                               memory, bytes));
        return grads;
      });
}

void recurrent(int64_t kind, int64_t hidden) {
  constexpr int64_t kSteps = 3, kIn = 4;
  const int64_t units = 4 * hidden;
  const std::vector<float> src = randoms(40 * kSteps * kIn, 1), diff = randoms(40 * kSteps * hidden, 2);
  const std::vector<float> ih = randoms(units * kIn, 3), hh = randoms(units * hidden, 4);
  const auto descriptor = [&](int64_t batch) { return quern_recurrent{kind, batch, kSteps, kIn, hidden, 0, 0, 0, 0}; };
  check_operator(
      "recurrent", 0, 40,
      [&](int64_t batch, int64_t* bytes) {
        const quern_recurrent d = descriptor(batch);
        return quern_recurrent_workspace(&d, bytes);
      },
      [&](int64_t batch, void* memory, int64_t bytes) {
        const quern_recurrent d = descriptor(batch);
        int64_t packed_bytes = 0, saved_bytes = 0;
        CHECK_OK(quern_recurrent_packed_size(&d, &packed_bytes));
        CHECK_OK(quern_recurrent_saved_size(&d, &saved_bytes));
        Packed packed(packed_bytes);
        Guarded<float> saved(saved_bytes / 4);
        std::vector<float> out(static_cast<size_t>(40 * kSteps * hidden)), grads(static_cast<size_t>(units * hidden));
        CHECK_OK(quern_recurrent_pack(&d, 0, ih.data(), hh.data(), nullptr, nullptr, nullptr, nullptr, packed.data()));
        CHECK_OK(quern_recurrent_forward(&d, src.data(), packed.data(), out.data(), saved.data()));
        CHECK_OK(quern_recurrent_backward(&d, packed.data(), saved.data(), diff.data(), nullptr, memory, bytes));
        CHECK_OK(quern_recurrent_backward_weights(&d, 0, src.data(), saved.data(), nullptr, grads.data(), nullptr,
                                                  nullptr, nullptr, nullptr, memory, bytes));
        return grads;
      });
}

void batch_norm2d(int64_t channels, int64_t training) {
  constexpr int64_t kRows = 9000;
  const std::vector<float> src = randoms(kRows * channels, 1), diff = randoms(kRows * channels, 2);
  const std::vector<float> weights = randoms(channels, 3), bias = randoms(channels, 4);
  const auto descriptor = [&](int64_t rows) { return quern_batch_norm2d{rows, channels, 0.1, 1e-5, training, 0}; };
  check_operator(
      "batch_norm2d", training ? 2 : 0, kRows,
      [&](int64_t rows, int64_t* bytes) {
        const quern_batch_norm2d d = descriptor(rows);
        return quern_batch_norm2d_workspace(&d, bytes);
      },
      [&](int64_t rows, void* memory, int64_t bytes) {
        const quern_batch_norm2d d = descriptor(rows);
        const int64_t n = rows * channels;
        std::vector<float> out(static_cast<size_t>(2 * n + 4 * channels)), mean(weights.size()), var(weights.size(), 1);
        float *dst = out.data(), *diff_src = dst + n, *saved = diff_src + n, *grads = saved + 2 * channels;
        CHECK_OK(quern_batch_norm2d_forward(&d, src.data(), nullptr, weights.data(), bias.data(), mean.data(),
                                            var.data(), nullptr, dst, saved, nullptr, nullptr, memory, bytes));
        CHECK_OK(quern_batch_norm2d_backward(&d, src.data(), nullptr, diff.data(), weights.data(), bias.data(), saved,
                                             diff_src, nullptr, grads, grads + channels, memory, bytes));
        return out;
      });
}

void group_norm(int64_t channels, int64_t groups) {
  constexpr int64_t kBatch = 50, kPixels = 30;
  const std::vector<float> src = randoms(kBatch * kPixels * channels, 1),
                           diff = randoms(kBatch * kPixels * channels, 2);
  check_operator(
      "group_norm", 0, kBatch,
      [&](int64_t batch, int64_t* bytes) {
        const quern_group_norm d{batch, kPixels, channels, groups, 1e-5};
        return quern_group_norm_workspace(&d, bytes);
      },
      [&](int64_t batch, void* memory, int64_t bytes) {
        const quern_group_norm d{batch, kPixels, channels, groups, 1e-5};
        const int64_t n = batch * kPixels * channels;
        std::vector<float> dst(static_cast<size_t>(n + 1)), out(static_cast<size_t>(n + 2 * channels));
        std::vector<double> saved(static_cast<size_t>(2 * batch * groups + 1));
        float *diff_src = out.data(), *grads = diff_src + n;
        CHECK_OK(quern_group_norm_forward(&d, src.data(), nullptr, nullptr, dst.data(), saved.data()));
        CHECK_OK(quern_group_norm_backward(&d, src.data(), diff.data(), nullptr, saved.data(), diff_src, grads,
                                           grads + channels, memory, bytes));
        return out;
      });
}

void local_response_norm(int64_t channels) {
  constexpr int64_t kRows = 900;
  const std::vector<float> src = randoms(kRows * channels, 1), diff = randoms(kRows * channels, 2);
  check_operator(
      "local_response_norm", 0, kRows,
      [&](int64_t rows, int64_t* bytes) {
        const quern_local_response_norm d{rows, channels, 5, 0.5, 0.75, 1, QUERN_F32};
        return quern_local_response_norm_workspace(&d, bytes);
      },
      [&](int64_t rows, void* memory, int64_t bytes) {
        const quern_local_response_norm d{rows, channels, 5, 0.5, 0.75, 1, QUERN_F32};
        std::vector<float> out(static_cast<size_t>((rows + 1) * channels));
        CHECK_OK(quern_local_response_norm_backward(&d, src.data(), diff.data(), out.data(), memory, bytes));
        return out;
      });
}

void muon(int64_t rows, int64_t columns) {
  const quern_muon d{rows, columns, 0.1, 0.01, 0.9, 3.4445, -4.775, 2.0315, 1e-7, 1, 5, 0};
  const std::vector<float> diff = randoms(rows * columns, 1), begin = randoms(rows * columns, 2);
  check_operator(
      "muon", 1, 1, [&](int64_t, int64_t* bytes) { return quern_muon_workspace(&d, bytes); },
      [&](int64_t, void* memory, int64_t bytes) {
        std::vector<float> weights = begin, velocity(begin.size());
        CHECK_OK(quern_muon_step(&d, diff.data(), weights.data(), velocity.data(), memory, bytes));
        return weights;
      });
}

}  // namespace

void operators_in_exact_workspaces() {
  for (int64_t channels : {1, 5, 64}) {
    column_sums(channels);
    prelu(channels);
    batch_norm2d(channels, 1);
    batch_norm2d(channels, 0);
  }
  linear(12, 7, 1);
  linear(60, 33, 4);
  recurrent(QUERN_LSTM, 19);
  recurrent(QUERN_GRU, 9);
  recurrent(QUERN_GRU_RESET_FIRST, 9);
  group_norm(6, 3);
  group_norm(96, 2);
  local_response_norm(7);
  local_response_norm(96);
  muon(20, 27);
  muon(130, 40);
}
