// The sizes of a recurrent layer, and what lies where in its packed weights, its saved values and its workspace.
#pragma once

#include "kernels/integers.h"
#include "quern.h"

namespace quern {

constexpr char kRecurrent[] = "recurrent";

int prepare_recurrent(const quern_recurrent* d) noexcept;
int check_direction(const quern_recurrent& d, int64_t direction) noexcept;

// Packed weights lie in panels of this many columns, [panel][inner][column], so that a panel is read from the first
// float to the last.
constexpr int64_t kPanel = 64;

inline int64_t panel_floats(int64_t inner, int64_t columns) { return divide_up(columns, kPanel) * kPanel * inner; }

// c [rows, columns] (+)= a [rows, inner] b: some rows of packed weights, of which there are all_inner.
struct PanelProduct {
  int64_t rows, columns, inner, all_inner;
  const float* a;
  int64_t a_row;
  const float* b;
  float* c;
  int64_t c_row;
  bool add;
};
void multiply_panel(const PanelProduct& p, int64_t panel) noexcept;
void multiply_panels(const PanelProduct& p) noexcept;

// The packed weights of one direction.
template <typename Float>
struct PackedRecurrent {
  Float *ih, *bias;                  // of the inputs; a bias that joins the state's is part of it
  Float *hh, *candidate;             // of the states; a GRU's candidate stands apart
  Float* candidate_bias;             // of the state's product
  Float *h, *c;                      // before the first step
  Float *backward_ih, *backward_hh;  // [gate][input], [gate][unit]
};

struct RecurrentPlan {
  const quern_recurrent& d;
  bool lstm, gru, reset_first;
  int64_t directions, units, gates;  // gates: units of all gates
  int64_t candidates;                // units of a GRU's candidate; 0 of other kinds
  int64_t rows;                      // steps of all samples
  int64_t samples;                   // of a piece of work

  explicit RecurrentPlan(const quern_recurrent& of) noexcept;

  int64_t direction_floats() const;  // packed weights of one direction
  template <typename Float>
  PackedRecurrent<Float> packed(Float* at, int64_t direction) const;

  bool reversed(int64_t direction) const { return d.direction == QUERN_DIRECTION_REVERSE || direction == 1; }
  // Step number i in the order of a direction.
  int64_t step(int64_t direction, int64_t i) const { return reversed(direction) ? d.steps - 1 - i : i; }

  // Saved values: gates, states h before each step, what a GRU's reset gate keeps, and cell states c before each step
  // and behind the last one, in the order of the direction.
  int64_t gates_at(int64_t direction) const { return direction * rows * gates; }
  int64_t h_at(int64_t direction) const { return directions * rows * gates + direction * rows * units; }
  int64_t kept_at(int64_t direction) const { return h_at(directions) + direction * rows * units; }
  int64_t c_at(int64_t direction) const { return h_at(directions) + direction * d.batch * c_row(); }
  int64_t c_row() const { return (d.steps + 1) * units; }
  int64_t saved_floats() const { return gru ? kept_at(directions) : lstm ? c_at(directions) : h_at(directions); }

  // The workspace: gradients of gates, of what the reset gate keeps and of the states before the first step; then each
  // thread's own.
  int64_t slopes_at(int64_t direction) const { return gates_at(direction); }
  int64_t kept_slopes_at(int64_t direction) const { return gates_at(directions) + direction * rows * candidates; }
  int64_t first_h_at(int64_t direction) const { return kept_slopes_at(directions) + direction * d.batch * units; }
  int64_t first_c_at(int64_t direction) const { return first_h_at(directions) + direction * d.batch * units; }
  int64_t shared_bytes() const { return round_up(first_c_at(lstm ? directions : 0) * 4, 64); }
  int64_t slot_bytes() const { return 3 * samples * units * 4; }
};

template <typename Float>
PackedRecurrent<Float> RecurrentPlan::packed(Float* at, int64_t direction) const {
  PackedRecurrent<Float> p{};
  at += direction * direction_floats();
  const auto take = [&at](int64_t floats) {
    Float* from = at;
    at += round_up(floats, kPanel);
    return from;
  };
  p.ih = take(panel_floats(d.in_features, gates));
  p.bias = take(gates);
  p.hh = take(panel_floats(units, gates - candidates));
  p.candidate = take(panel_floats(units, candidates));
  p.candidate_bias = take(candidates);
  p.h = take(units);
  p.c = take(lstm ? units : 0);
  if (d.inference == 0) {
    p.backward_ih = take(panel_floats(gates, d.in_features));
    p.backward_hh = take(panel_floats(gates, units));
  }
  return p;
}

}  // namespace quern
