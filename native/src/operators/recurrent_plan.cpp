#include "operators/recurrent_plan.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "runtime/checks.h"

namespace quern {
namespace {

constexpr int64_t kTileRows = 6, kPieces = 16;

int64_t gates_of(int64_t kind) { return kind == QUERN_LSTM ? 4 : kind <= QUERN_RNN_RELU ? 1 : 3; }
int64_t directions_of(const quern_recurrent& d) { return d.direction == QUERN_DIRECTION_BIDIRECTIONAL ? 2 : 1; }

int check_below(const char* what, int64_t value, int64_t end) noexcept {
  QUERN_TRY(check_range(kRecurrent, what, value, 0));
  return value < end ? QUERN_OK
                     : fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld is not below %lld", kRecurrent, what,
                            static_cast<long long>(value), static_cast<long long>(end));
}

}  // namespace

int prepare_recurrent(const quern_recurrent* d) noexcept {
  QUERN_TRY(check_initialized(kRecurrent));
  QUERN_TRY(check_pointers(kRecurrent, d != nullptr));
  QUERN_TRY(check_below("kind", d->kind, QUERN_GRU_RESET_FIRST + 1));
  QUERN_TRY(check_range(kRecurrent, "batch", d->batch, 0));
  QUERN_TRY(check_range(kRecurrent, "steps", d->steps, 1));
  QUERN_TRY(check_range(kRecurrent, "in_features", d->in_features, 1));
  QUERN_TRY(check_range(kRecurrent, "hidden_size", d->hidden_size, 1));
  QUERN_TRY(check_below("direction", d->direction, QUERN_DIRECTION_BIDIRECTIONAL + 1));
  QUERN_TRY(check_flag(kRecurrent, "cell", d->cell));
  QUERN_TRY(check_flag(kRecurrent, "inference", d->inference));
  QUERN_TRY(check_type(kRecurrent, "type", d->type));
  if (d->cell == 1 && d->kind != QUERN_LSTM) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: kind %lld has no cell state", kRecurrent, static_cast<long long>(d->kind));
  }
  // OpenBLAS takes 32 bits for the gates' units, and for all samples' steps
  const int64_t gates = gates_of(d->kind) * d->hidden_size, batch = std::max<int64_t>(d->batch, 1);
  if (gates > INT32_MAX) {
    return fail(QUERN_INVALID_SHAPE, "%s: %lld units of all gates exceed 2^31 - 1", kRecurrent,
                static_cast<long long>(gates));
  }
  int64_t n;
  QUERN_TRY(count(kRecurrent, "steps of all samples", batch, d->steps + 1, 1, 1, &n));
  if (n > INT32_MAX) {
    return fail(QUERN_INVALID_SHAPE, "%s: %lld steps of all samples exceed 2^31 - 1", kRecurrent,
                static_cast<long long>(n));
  }
  const int64_t columns = round_up(gates, kPanel), in = round_up(d->in_features, kPanel);
  QUERN_TRY(count(kRecurrent, "weight_ih", columns, in, 1, 1, &n));
  QUERN_TRY(count(kRecurrent, "weight_hh", columns, round_up(d->hidden_size, kPanel), 1, 1, &n));
  QUERN_TRY(count(kRecurrent, "input", batch, d->steps, d->in_features, 1, &n));
  return count(kRecurrent, "gates", batch, d->steps + 1, gates, directions_of(*d), &n);
}

int check_direction(const quern_recurrent& d, int64_t direction) noexcept {
  return check_below("direction", direction, directions_of(d));
}

RecurrentPlan::RecurrentPlan(const quern_recurrent& of) noexcept : d(of) {
  lstm = d.kind == QUERN_LSTM;
  reset_first = d.kind == QUERN_GRU_RESET_FIRST;
  gru = d.kind == QUERN_GRU || reset_first;
  directions = directions_of(d);
  units = d.hidden_size;
  gates = gates_of(d.kind) * units;
  candidates = gru ? units : 0;
  rows = d.batch * d.steps;
  samples = kTileRows * std::max<int64_t>(1, divide_up(divide_up(d.batch, kTileRows), kPieces));
}

int64_t RecurrentPlan::direction_floats() const {
  const int64_t backward = d.inference ? 0 : panel_floats(gates, d.in_features) + panel_floats(gates, units);
  return round_up(panel_floats(d.in_features, gates), kPanel) + round_up(gates, kPanel) +
         panel_floats(units, gates - candidates) + panel_floats(units, candidates) + round_up(candidates, kPanel) +
         round_up(units, kPanel) * (lstm ? 2 : 1) + backward;
}

void multiply_panel(const PanelProduct& p, int64_t panel) noexcept {
  const int64_t first = panel * kPanel;
  kernels().small_product({p.rows, std::min(kPanel, p.columns - first), p.inner, p.a, p.a_row, 1,
                           p.b + first * p.all_inner, kPanel, true, p.c + first, p.c_row, p.add});
}

void multiply_panels(const PanelProduct& p) noexcept {
  for (int64_t panel = 0; panel * kPanel < p.columns; panel++) multiply_panel(p, panel);
}

}  // namespace quern
