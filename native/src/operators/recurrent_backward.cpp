// The backward pass of recurrent through time: each piece of the batch takes its steps on its own, last step first, and
// leaves the gradients of its gates, from which the other gradients are products over all steps.
#include <algorithm>

#include "kernels/kernels.h"
#include "operators/recurrent_plan.h"
#include "operators/split.h"
#include "runtime/blas.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kInputRows = 192;  // of a piece of the product that makes the inputs' gradients
constexpr int64_t kColumns = 64;     // whose sums over all rows are taken at once, on the stack

// Some samples in one direction, and the memory of their gradients.
struct Piece {
  int64_t direction, sample, samples;
  float *dh, *dc, *product;  // [samples][units]
};

// dh += the products of a step's gradients with the weights, in the order in which its forward pass reads them.
void step_back(const RecurrentPlan& p, const float* weights, const RecurrentSlopes& s, float* product) noexcept {
  const int64_t units = p.units, gates = p.gates, others = gates - p.candidates;
  const float* candidate = weights + others * kPanel;
  const PanelProduct all{s.rows, units, others, gates, s.slopes, s.gates_row, weights, s.dh, units, p.gru};
  if (p.lstm) {
    kernels().lstm_backward(s);
  } else if (p.reset_first) {
    kernels().gru_backward(s, true);
    multiply_panels({s.rows, units, units, gates, s.slopes + others, s.gates_row, candidate, product, units, false});
    kernels().gru_reset_backward(s, product);
  } else if (p.gru) {
    kernels().gru_backward(s, false);
    multiply_panels({s.rows, units, units, gates, s.kept_slopes, s.h_row, candidate, s.dh, units, true});
  } else {
    kernels().rnn_backward(s, p.d.kind == QUERN_RNN_RELU);
  }
  multiply_panels(all);
}

void steps_back(const RecurrentPlan& p, const Piece& piece, const float* packed, const float* saved,
                const float* diff_dst, float* workspace) noexcept {
  const int64_t steps = p.d.steps, units = p.units, direction = piece.direction;
  const float* weights = p.packed(packed, direction).backward_hh;
  const auto row = [&](int64_t i) { return piece.sample * steps + p.step(direction, i); };
  const float* c = saved + p.c_at(direction) + piece.sample * p.c_row();
  RecurrentSlopes s{};
  s.rows = piece.samples, s.units = units;
  s.gates_row = steps * p.gates, s.h_row = steps * units, s.c_row = p.c_row();
  s.diff_row = steps * p.directions * units;
  s.dh = piece.dh, s.dc = piece.dc;
  s.cell = p.d.cell == 1;
  std::fill(s.dh, s.dh + piece.samples * units, 0.0f);
  std::fill(s.dc, s.dc + piece.samples * units, 0.0f);
  for (int64_t i = steps - 1; i >= 0; i--) {
    s.gates = saved + p.gates_at(direction) + row(i) * p.gates;
    s.slopes = workspace + p.slopes_at(direction) + row(i) * p.gates;
    s.h = saved + p.h_at(direction) + row(i) * units;
    if (p.gru) {
      s.kept = saved + p.kept_at(direction) + row(i) * units;
      s.kept_slopes = workspace + p.kept_slopes_at(direction) + row(i) * units;
    }
    if (p.lstm) s.c = c + i * units, s.next_c = c + (i + 1) * units;
    s.diff = diff_dst + (row(i) * p.directions + direction) * units;
    step_back(p, weights, s, piece.product);
  }
  std::copy(s.dh, s.dh + piece.samples * units, workspace + p.first_h_at(direction) + piece.sample * units);
  if (p.lstm) {
    std::copy(s.dc, s.dc + piece.samples * units, workspace + p.first_c_at(direction) + piece.sample * units);
  }
}

// The inputs' gradients, first those of the forward direction.
void input_gradients(const RecurrentPlan& p, const float* packed, const float* workspace, float* diff_src) noexcept {
  const int64_t in = p.d.in_features, panels = divide_up(in, kPanel);
  parallel_for(divide_up(p.rows, kInputRows) * panels, [&](int64_t piece) {
    const int64_t first = piece / panels * kInputRows, rows = std::min(kInputRows, p.rows - first);
    for (int64_t direction = 0; direction < p.directions; direction++) {
      multiply_panel({rows, in, p.gates, p.gates, workspace + p.slopes_at(direction) + first * p.gates, p.gates,
                      p.packed(packed, direction).backward_ih, diff_src + first * in, in, direction > 0},
                     piece % panels);
    }
  });
}

// to [gates, columns] = the sum over all rows of slopes [rows, gates of slopes_row] times values [rows, columns].
void weight_gradients(const RecurrentPlan& p, int64_t gates, const float* slopes, int64_t slopes_row, int64_t columns,
                      const float* values, float* to) noexcept {
  split_product(gates, columns, [&](int64_t r0, int64_t r1, int64_t c0, int64_t c1) {
    if (p.rows == 0) {
      for (int64_t r = r0; r < r1; r++) std::fill(to + r * columns + c0, to + r * columns + c1, 0.0f);
      return;
    }
    gemm(Trans::Yes, Trans::No, r1 - r0, c1 - c0, p.rows, slopes + r0, slopes_row, values + c0, columns, 0.0f,
         to + r0 * columns + c0, columns);
  });
}

void column_sums(int64_t rows, int64_t columns, const float* from, int64_t row, float* to) noexcept {
  if (to == nullptr) return;
  parallel_ranges(columns, kColumns, [&](int64_t begin, int64_t end) {
    double sums[kColumns] = {};
    kernels().add_column_sums(rows, end - begin, from + begin, row, sums);
    std::transform(sums, sums + (end - begin), to + begin, [](double s) { return static_cast<float>(s); });
  });
}

// The state's weights: a GRU's candidate has factors of its own.
void state_gradients(const RecurrentPlan& p, int64_t direction, const float* saved, const float* workspace,
                     float* weight, float* bias) noexcept {
  const int64_t units = p.units, others = p.gates - p.candidates;
  const float *slopes = workspace + p.slopes_at(direction), *h = saved + p.h_at(direction);
  const float* kept_slopes = p.reset_first ? slopes + others : workspace + p.kept_slopes_at(direction);
  const int64_t kept_row = p.reset_first ? p.gates : units;
  if (weight != nullptr) {
    weight_gradients(p, others, slopes, p.gates, units, h, weight);
    if (p.gru) {
      weight_gradients(p, units, kept_slopes, kept_row, units, p.reset_first ? saved + p.kept_at(direction) : h,
                       weight + others * units);
    }
  }
  if (bias != nullptr) {
    column_sums(p.rows, others, slopes, p.gates, bias);
    if (p.gru) column_sums(p.rows, units, kept_slopes, kept_row, bias + others);
  }
}

int prepare_backward(const quern_recurrent* d) noexcept {
  QUERN_TRY(prepare_recurrent(d));
  return d->inference ? fail(QUERN_INVALID_ARGUMENT, "%s: inference has no backward pass", kRecurrent) : QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_recurrent_workspace(const quern_recurrent* recurrent, int64_t* bytes) noexcept {
  QUERN_TRY(prepare_backward(recurrent));
  QUERN_TRY(check_pointers(kRecurrent, bytes != nullptr));
  const RecurrentPlan p(*recurrent);
  *bytes = p.shared_bytes() + threads() * round_up(p.slot_bytes(), 64);
  return QUERN_OK;
}

extern "C" int quern_recurrent_backward(const quern_recurrent* recurrent, const void* packed, const float* saved,
                                        const void* diff_dst, void* diff_src, void* workspace,
                                        int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare_backward(recurrent));
  QUERN_TRY(check_pointers(kRecurrent, packed && saved && diff_dst));
  QUERN_TRY(check_packed(kRecurrent, packed));
  const RecurrentPlan p(*recurrent);
  QUERN_TRY(check_workspace(kRecurrent, workspace, workspace_bytes, p.shared_bytes() + p.slot_bytes()));
  ran(kRecurrent);
  const int64_t pieces = divide_up(p.d.batch, p.samples);
  const Slots slots(workspace_bytes - p.shared_bytes(), p.slot_bytes());
  parallel_for(p.directions * pieces, slots.count, [&](int64_t i, int slot) {
    const int64_t sample = i % pieces * p.samples, samples = std::min(p.samples, p.d.batch - sample);
    float* own = reinterpret_cast<float*>(static_cast<char*>(workspace) + p.shared_bytes() + slot * slots.bytes);
    const int64_t each = p.samples * p.units;
    steps_back(p, {i / pieces, sample, samples, own, own + each, own + 2 * each}, f32(packed), saved, f32(diff_dst),
               f32(workspace));
  });
  if (diff_src != nullptr) input_gradients(p, f32(packed), f32(workspace), f32(diff_src));
  return QUERN_OK;
}

extern "C" int quern_recurrent_backward_weights(const quern_recurrent* recurrent, int64_t direction, const void* src,
                                                const float* saved, float* diff_weight_ih, float* diff_weight_hh,
                                                float* diff_bias_ih, float* diff_bias_hh, float* diff_h, float* diff_c,
                                                const void* workspace, int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare_backward(recurrent));
  QUERN_TRY(check_direction(*recurrent, direction));
  QUERN_TRY(check_pointers(kRecurrent, src && saved));
  const RecurrentPlan p(*recurrent);
  QUERN_TRY(check_workspace(kRecurrent, workspace, workspace_bytes, p.shared_bytes()));
  ran(kRecurrent);
  const float* from = f32(workspace);
  const float* slopes = from + p.slopes_at(direction);
  if (diff_weight_ih != nullptr) {
    weight_gradients(p, p.gates, slopes, p.gates, p.d.in_features, f32(src), diff_weight_ih);
  }
  column_sums(p.rows, p.gates, slopes, p.gates, diff_bias_ih);
  state_gradients(p, direction, saved, from, diff_weight_hh, diff_bias_hh);
  column_sums(p.d.batch, p.units, from + p.first_h_at(direction), p.units, diff_h);
  if (p.lstm) column_sums(p.d.batch, p.units, from + p.first_c_at(direction), p.units, diff_c);
  return QUERN_OK;
}
