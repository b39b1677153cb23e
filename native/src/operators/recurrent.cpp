// recurrent: the gates' inputs of all steps are one product; then each piece of the batch takes its steps on its own,
// with its weights in L2, so that threads wait for each other only at the end. A sample's result does not depend on the
// others.
#include <algorithm>

#include "kernels/kernels.h"
#include "operators/recurrent_plan.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kInputRows = 192;  // of a piece of the product with the inputs

// weights [columns][inner] become panels.
void pack_turned(int64_t columns, int64_t inner, const float* weights, float* to) noexcept {
  parallel_for(divide_up(columns, kPanel), [&](int64_t panel) {
    const int64_t first = panel * kPanel, width = std::min(kPanel, columns - first);
    float* at = to + first * inner;
    kernels().transpose_rows(width, inner, weights + first * inner, inner, at, kPanel);
    for (int64_t i = 0; i < inner; i++) std::fill(at + i * kPanel + width, at + (i + 1) * kPanel, 0.0f);
  });
}

// weights [inner][columns] become panels.
void pack_plain(int64_t columns, int64_t inner, const float* weights, float* to) noexcept {
  parallel_for(divide_up(columns, kPanel), [&](int64_t panel) {
    const int64_t first = panel * kPanel, width = std::min(kPanel, columns - first);
    float* at = to + first * inner;
    for (int64_t i = 0; i < inner; i++, at += kPanel) {
      std::copy(weights + i * columns + first, weights + i * columns + first + width, at);
      std::fill(at + width, at + kPanel, 0.0f);
    }
  });
}

void copy_or_zero(int64_t n, const float* from, float* to) noexcept {
  from == nullptr ? std::fill(to, to + n, 0.0f) : static_cast<void>(std::copy(from, from + n, to));
}

void add(int64_t n, const float* from, float* to) noexcept {
  if (from != nullptr) kernels().add(n, from, to, to);
}

void pack_biases(const RecurrentPlan& p, const float* ih, const float* hh, const PackedRecurrent<float>& to) noexcept {
  copy_or_zero(p.gates, ih, to.bias);
  const bool apart = p.gru && !p.reset_first;
  const int64_t joined = apart ? p.gates - p.candidates : p.gates;
  add(joined, hh, to.bias);
  if (p.gru) copy_or_zero(p.candidates, apart && hh != nullptr ? hh + joined : nullptr, to.candidate_bias);
}

// bias + the product with the inputs, into the gates of all steps.
void input_products(const RecurrentPlan& p, const float* src, const float* packed, float* saved) noexcept {
  const int64_t panels = divide_up(p.gates, kPanel), chunks = divide_up(p.rows, kInputRows);
  parallel_for(p.directions * chunks * panels, [&](int64_t piece) {
    const int64_t panel = piece % panels, chunk = piece / panels % chunks, direction = piece / panels / chunks;
    const int64_t first = chunk * kInputRows, rows = std::min(kInputRows, p.rows - first);
    const PackedRecurrent<const float> w = p.packed(packed, direction);
    float* gates = saved + p.gates_at(direction) + first * p.gates;
    kernels().fill_rows(rows, std::min(kPanel, p.gates - panel * kPanel), w.bias + panel * kPanel,
                        gates + panel * kPanel, p.gates);
    multiply_panel({rows, p.gates, p.d.in_features, p.d.in_features, src + first * p.d.in_features, p.d.in_features,
                    w.ih, gates, p.gates, true},
                   panel);
  });
}

void take_step(const RecurrentPlan& p, const PackedRecurrent<const float>& w, const RecurrentStep& s) noexcept {
  const int64_t units = p.units, others = p.gates - p.candidates;
  multiply_panels({s.rows, others, units, units, s.h, s.h_row, w.hh, s.gates, s.gates_row, true});
  if (p.lstm) {
    kernels().lstm_forward(s);
  } else if (p.reset_first) {
    kernels().gru_reset(s);
    multiply_panels({s.rows, units, units, units, s.kept, s.h_row, w.candidate, s.gates + others, s.gates_row, true});
    kernels().gru_forward(s, true);
  } else if (p.gru) {
    kernels().fill_rows(s.rows, units, w.candidate_bias, s.kept, s.h_row);
    multiply_panels({s.rows, units, units, units, s.h, s.h_row, w.candidate, s.kept, s.h_row, true});
    kernels().gru_forward(s, false);
  } else {
    kernels().rnn_forward(s, p.d.kind == QUERN_RNN_RELU);
  }
}

// All steps of some samples in one direction.
void take_steps(const RecurrentPlan& p, int64_t direction, int64_t sample, int64_t samples, const float* packed,
                float* dst, float* saved) noexcept {
  const PackedRecurrent<const float> w = p.packed(packed, direction);
  const int64_t steps = p.d.steps, units = p.units;
  const auto row = [&](int64_t i) { return sample * steps + p.step(direction, i); };
  float *h = saved + p.h_at(direction), *c = p.lstm ? saved + p.c_at(direction) + sample * p.c_row() : nullptr;
  RecurrentStep s{};
  s.rows = samples, s.units = units;
  s.gates_row = steps * p.gates, s.h_row = steps * units, s.c_row = p.c_row();
  s.dst_row = steps * p.directions * units;
  s.cell = p.d.cell == 1;
  kernels().fill_rows(samples, units, w.h, h + row(0) * units, s.h_row);
  if (p.lstm) kernels().fill_rows(samples, units, w.c, c, s.c_row);
  for (int64_t i = 0; i < steps; i++) {
    s.gates = saved + p.gates_at(direction) + row(i) * p.gates;
    s.h = h + row(i) * units;
    s.next_h = i + 1 < steps ? h + row(i + 1) * units : nullptr;
    if (p.gru) s.kept = saved + p.kept_at(direction) + row(i) * units;
    if (p.lstm) s.c = c + i * units, s.next_c = c + (i + 1) * units;
    s.dst = dst + (row(i) * p.directions + direction) * units;
    take_step(p, w, s);
  }
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_recurrent_packed_size(const quern_recurrent* recurrent, int64_t* bytes) noexcept {
  QUERN_TRY(prepare_recurrent(recurrent));
  QUERN_TRY(check_pointers(kRecurrent, bytes != nullptr));
  const RecurrentPlan p(*recurrent);
  *bytes = p.directions * p.direction_floats() * 4;
  return QUERN_OK;
}

extern "C" int quern_recurrent_pack(const quern_recurrent* recurrent, int64_t direction, const float* weight_ih,
                                    const float* weight_hh, const float* bias_ih, const float* bias_hh, const float* h,
                                    const float* c, void* packed) noexcept {
  QUERN_TRY(prepare_recurrent(recurrent));
  QUERN_TRY(check_direction(*recurrent, direction));
  QUERN_TRY(check_pointers(kRecurrent, weight_ih && weight_hh && packed));
  QUERN_TRY(check_packed(kRecurrent, packed));
  const RecurrentPlan p(*recurrent);
  const PackedRecurrent<float> to = p.packed(static_cast<float*>(packed), direction);
  const int64_t in = p.d.in_features, units = p.units, others = p.gates - p.candidates;
  pack_turned(p.gates, in, weight_ih, to.ih);
  pack_turned(others, units, weight_hh, to.hh);
  pack_turned(p.candidates, units, weight_hh + others * units, to.candidate);
  pack_biases(p, bias_ih, bias_hh, to);
  copy_or_zero(units, h, to.h);
  if (p.lstm) copy_or_zero(units, c, to.c);
  if (p.d.inference == 0) {
    pack_plain(in, p.gates, weight_ih, to.backward_ih);
    pack_plain(units, p.gates, weight_hh, to.backward_hh);
  }
  return QUERN_OK;
}

extern "C" int quern_recurrent_saved_size(const quern_recurrent* recurrent, int64_t* bytes) noexcept {
  QUERN_TRY(prepare_recurrent(recurrent));
  QUERN_TRY(check_pointers(kRecurrent, bytes != nullptr));
  *bytes = RecurrentPlan(*recurrent).saved_floats() * 4;
  return QUERN_OK;
}

extern "C" int quern_recurrent_forward(const quern_recurrent* recurrent, const void* src, const void* packed, void* dst,
                                       float* saved) noexcept {
  QUERN_TRY(prepare_recurrent(recurrent));
  QUERN_TRY(check_pointers(kRecurrent, src && packed && dst && saved));
  QUERN_TRY(check_packed(kRecurrent, packed));
  ran(kRecurrent);
  const RecurrentPlan p(*recurrent);
  input_products(p, f32(src), f32(packed), saved);
  const int64_t pieces = divide_up(p.d.batch, p.samples);
  parallel_for(p.directions * pieces, [&](int64_t piece) {
    const int64_t sample = piece % pieces * p.samples;
    take_steps(p, piece / pieces, sample, std::min(p.samples, p.d.batch - sample), f32(packed), f32(dst), saved);
  });
  return QUERN_OK;
}
