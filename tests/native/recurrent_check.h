// recurrent against plain loops in double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_recurrent {

using Recurrent = quern_recurrent;
using Numbers = std::vector<double>;

inline int64_t gates_of(const Recurrent& d) { return d.kind == QUERN_LSTM ? 4 : d.kind >= QUERN_GRU ? 3 : 1; }
inline int64_t directions_of(const Recurrent& d) { return d.direction == QUERN_DIRECTION_BIDIRECTIONAL ? 2 : 1; }

// The weights of a direction or their gradients: weight_ih, weight_hh, bias_ih, bias_hh, h and c.
constexpr int kTensors = 6;

inline int64_t tensor_size(const Recurrent& d, int tensor) {
  const int64_t rows = gates_of(d) * d.hidden_size;
  const int64_t sizes[] = {rows * d.in_features, rows * d.hidden_size, rows, rows, d.hidden_size, d.hidden_size};
  return tensor == kTensors - 1 && d.kind != QUERN_LSTM ? 0 : sizes[tensor];
}

struct Memory {
  Guarded<float> src, diff, out, diff_src;
  std::deque<Guarded<float>> weights, diff_weights;  // of all directions

  Memory(const Recurrent& d, Guard side)
      : src(d.batch * d.steps * d.in_features, side),
        diff(d.batch * d.steps * directions_of(d) * d.hidden_size, side),
        out(diff.size(), side),
        diff_src(src.size(), side) {
    for (std::deque<Guarded<float>>* all : {&weights, &diff_weights}) {
      for (int64_t i = 0; i < directions_of(d) * kTensors; i++) {
        all->emplace_back(tensor_size(d, static_cast<int>(i % kTensors)), side);
      }
    }
  }
  template <typename All>
  static auto& at(All& all, int64_t direction, int tensor) {
    return all[static_cast<size_t>(direction * kTensors + tensor)];
  }
  const float* weight(int64_t direction, int tensor) const { return at(weights, direction, tensor).data(); }

  // plain: without biases and states
  void run(const Recurrent& d, bool plain) {
    int64_t packed_bytes = -1, saved_bytes = -1, bytes = -1;
    CHECK_OK(quern_recurrent_packed_size(&d, &packed_bytes));
    CHECK_OK(quern_recurrent_saved_size(&d, &saved_bytes));
    CHECK_OK(quern_recurrent_workspace(&d, &bytes));
    Packed packed(packed_bytes);
    Guarded<float> saved(saved_bytes / 4);
    Guarded<char> workspace(bytes, Guard::After, 64);
    for (int64_t i = 0; i < directions_of(d); i++) {
      const auto given = [&](int tensor) { return plain ? nullptr : weight(i, tensor); };
      CHECK_OK(quern_recurrent_pack(&d, i, weight(i, 0), weight(i, 1), given(2), given(3), given(4), given(5),
                                    packed.data()));
    }
    CHECK_OK(quern_recurrent_forward(&d, src.data(), packed.data(), out.data(), saved.data()));
    CHECK(ran("recurrent"));
    workspace.clear();
    CHECK_OK(quern_recurrent_backward(&d, packed.data(), saved.data(), diff.data(), diff_src.data(), workspace.data(),
                                      bytes));
    for (int64_t i = 0; i < directions_of(d); i++) {
      const auto to = [&](int tensor) { return at(diff_weights, i, tensor).data(); };
      CHECK_OK(quern_recurrent_backward_weights(&d, i, src.data(), saved.data(), to(0), to(1), to(2), to(3), to(4),
                                                to(5), workspace.data(), bytes));
    }
  }
};

struct Yardstick {
  Numbers out, diff_src;
  std::vector<Numbers> diff_weights;
  std::vector<Numbers> magnitudes;  // of the terms whose sum is an element of diff_weights
  explicit Yardstick(const Recurrent& d)
      : out(static_cast<size_t>(d.batch * d.steps * directions_of(d) * d.hidden_size)),
        diff_src(static_cast<size_t>(d.batch * d.steps * d.in_features)) {
    for (int64_t i = 0; i < directions_of(d) * kTensors; i++) {
      diff_weights.emplace_back(static_cast<size_t>(tensor_size(d, static_cast<int>(i % kTensors))));
    }
    magnitudes = diff_weights;
  }
};

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// All steps of one sample in one direction.
class Sequence {
 public:
  Sequence(const Recurrent& d, int64_t direction, int64_t sample, const Memory& m, bool plain, Yardstick* y)
      : d_(d), direction_(direction), sample_(sample), m_(m), plain_(plain), y_(y), n_(d.hidden_size) {}

  void run() {
    Numbers h = initial(4), c = d_.kind == QUERN_LSTM ? initial(5) : Numbers();
    for (int64_t i = 0; i < d_.steps; i++) {
      h_.push_back(h), c_.push_back(c);
      step(time(i), &h, &c);
    }
    h_.push_back(h), c_.push_back(c);
    Numbers dh(size(n_)), dc(size(n_));
    for (int64_t i = d_.steps - 1; i >= 0; i--) back(i, &dh, &dc);
    for (int64_t i = 0; i < n_; i++) {
      add_grad(4, i, dh[size(i)]);
      if (d_.kind == QUERN_LSTM) add_grad(5, i, dc[size(i)]);
    }
  }

 private:
  static size_t size(int64_t i) { return static_cast<size_t>(i); }
  int64_t time(int64_t i) const {
    return d_.direction == QUERN_DIRECTION_REVERSE || direction_ == 1 ? d_.steps - 1 - i : i;
  }
  int64_t row(int64_t t) const { return sample_ * d_.steps + t; }
  int64_t out(int64_t t, int64_t i) const { return (row(t) * directions_of(d_) + direction_) * n_ + i; }
  double given(int tensor, int64_t i) const { return plain_ ? 0 : m_.weight(direction_, tensor)[i]; }
  void add_grad(int tensor, int64_t i, double term) {
    Memory::at(y_->diff_weights, direction_, tensor)[size(i)] += term;
    Memory::at(y_->magnitudes, direction_, tensor)[size(i)] += std::fabs(term);
  }
  Numbers initial(int tensor) const {
    Numbers state(size(n_));
    for (int64_t i = 0; i < n_; i++) state[size(i)] = given(tensor, i);
    return state;
  }
  double of_input(int64_t t, int64_t gate) const {
    double sum = given(2, gate);
    for (int64_t i = 0; i < d_.in_features; i++) {
      sum += double{m_.weight(direction_, 0)[gate * d_.in_features + i]} * m_.src[row(t) * d_.in_features + i];
    }
    return sum;
  }
  double of_state(const Numbers& state, int64_t gate) const {
    double sum = given(3, gate);
    for (int64_t i = 0; i < n_; i++) sum += m_.weight(direction_, 1)[gate * n_ + i] * state[size(i)];
    return sum;
  }
  Numbers left(const Numbers& g, const Numbers& h) const {
    Numbers x(size(n_));
    for (size_t i = 0; i < x.size(); i++) x[i] = g[i] * h[i];
    return x;
  }

  void step(int64_t t, Numbers* h, Numbers* c) {
    const Numbers before = *h;
    Numbers g(size(gates_of(d_) * n_));
    const int64_t others = d_.kind >= QUERN_GRU ? 2 * n_ : gates_of(d_) * n_;
    for (int64_t i = 0; i < others; i++) {
      const double x = of_input(t, i) + of_state(before, i);
      const bool tanh = d_.kind == QUERN_RNN_TANH || (d_.kind == QUERN_LSTM && i / n_ == 2);
      g[size(i)] = d_.kind == QUERN_RNN_RELU ? std::max(x, 0.0) : tanh ? std::tanh(x) : logistic(x);
    }
    for (int64_t i = 0; i < n_; i++) {
      const auto gate = [&](int64_t k) -> double& { return g[size(k * n_ + i)]; };
      double& state = (*h)[size(i)];
      if (d_.kind == QUERN_LSTM) {
        double& cell = (*c)[size(i)];
        cell = gate(1) * cell + gate(0) * gate(2);
        state = gate(3) * std::tanh(cell);
      } else if (d_.kind >= QUERN_GRU) {
        const double product =
            d_.kind == QUERN_GRU ? gate(0) * of_state(before, others + i) : of_state(left(g, before), others + i);
        gate(2) = std::tanh(of_input(t, others + i) + product);
        state = (1 - gate(1)) * gate(2) + gate(1) * before[size(i)];
      } else {
        state = gate(0);
      }
      y_->out[size(out(t, i))] = d_.cell ? (*c)[size(i)] : state;
    }
    gates_.push_back(g);
  }

  void to_input(int64_t t, int64_t gate, double slope) {
    for (int64_t i = 0; i < d_.in_features; i++) {
      const int64_t w = gate * d_.in_features + i, x = row(t) * d_.in_features + i;
      y_->diff_src[size(x)] += slope * m_.weight(direction_, 0)[w];
      add_grad(0, w, slope * m_.src[x]);
    }
    add_grad(2, gate, slope);
  }
  void to_state(int64_t gate, double slope, const Numbers& state, Numbers* diff) {
    for (int64_t i = 0; i < n_; i++) {
      (*diff)[size(i)] += slope * m_.weight(direction_, 1)[gate * n_ + i];
      add_grad(1, gate * n_ + i, slope * state[size(i)]);
    }
    add_grad(3, gate, slope);
  }

  void back(int64_t step, Numbers* dh, Numbers* dc) {
    const Numbers &g = gates_[size(step)], &h = h_[size(step)], &c = c_[size(step)];
    const int64_t t = time(step);
    Numbers before(size(n_)), cell_before(size(n_)), product(size(n_));
    for (int64_t i = 0; i < n_; i++) (d_.cell ? *dc : *dh)[size(i)] += m_.diff[out(t, i)];
    const auto both = [&](int64_t gate, double slope) {
      to_input(t, gate, slope);
      to_state(gate, slope, h, &before);
    };
    for (int64_t i = 0; i < n_; i++) {
      const auto gate = [&](int64_t k) { return g[size(k * n_ + i)]; };
      const double slope = (*dh)[size(i)];
      if (d_.kind == QUERN_LSTM) {
        const double tanh = std::tanh(c_[size(step + 1)][size(i)]);
        const double of_cell = (*dc)[size(i)] + slope * gate(3) * (1 - tanh * tanh);
        both(i, of_cell * gate(2) * gate(0) * (1 - gate(0)));
        both(n_ + i, of_cell * c[size(i)] * gate(1) * (1 - gate(1)));
        both(2 * n_ + i, of_cell * gate(0) * (1 - gate(2) * gate(2)));
        both(3 * n_ + i, slope * tanh * gate(3) * (1 - gate(3)));
        cell_before[size(i)] = of_cell * gate(1);
      } else if (d_.kind >= QUERN_GRU) {
        both(n_ + i, slope * (h[size(i)] - gate(2)) * gate(1) * (1 - gate(1)));
        before[size(i)] += slope * gate(1);
        const double candidate = slope * (1 - gate(1)) * (1 - gate(2) * gate(2));
        to_input(t, 2 * n_ + i, candidate);
        if (d_.kind == QUERN_GRU) {
          to_state(2 * n_ + i, candidate * gate(0), h, &before);
          both(i, candidate * of_state(h, 2 * n_ + i) * gate(0) * (1 - gate(0)));
        } else {
          to_state(2 * n_ + i, candidate, left(g, h), &product);
        }
      } else {
        const double x = gate(0);
        both(i, d_.kind == QUERN_RNN_RELU ? (x > 0 ? slope : 0) : slope * (1 - x * x));
      }
    }
    for (int64_t i = 0; i < n_ && d_.kind == QUERN_GRU_RESET_FIRST; i++) {
      const double reset = g[size(i)];
      before[size(i)] += product[size(i)] * reset;
      both(i, product[size(i)] * h[size(i)] * reset * (1 - reset));
    }
    *dh = before, *dc = cell_before;
  }

  const Recurrent& d_;
  const int64_t direction_, sample_;
  const Memory& m_;
  const bool plain_;
  Yardstick* y_;
  const int64_t n_;
  std::vector<Numbers> gates_, h_, c_;
};

// Within some roundings of the largest number, as errors of one step pass into all further ones; or, where the terms of
// a sum cancel out, of the sum of their magnitudes.
inline void compare(const char* what, const Guarded<float>& got, const Numbers& wanted, const Numbers& magnitudes) {
  double largest = 1e-3;
  for (double w : wanted) largest = std::max(largest, std::fabs(w));
  for (int64_t i = 0; i < got.size(); i++) {
    const double value = wanted[static_cast<size_t>(i)];
    if (!close_to(got[i], value, std::max(largest * 3e-5, magnitudes[static_cast<size_t>(i)] * 2e-6))) {
      failed(__FILE__, __LINE__, "%s [%lld] is %.9g, not %.9g", what, (long long)i, got[i], value);
      return;
    }
  }
}

inline bool same_bits(const Guarded<float>& a, const Guarded<float>& b) {
  return std::memcmp(a.data(), b.data(), static_cast<size_t>(a.size()) * sizeof(float)) == 0;
}

inline bool same_bits(const Memory& a, const Memory& b) {
  bool same = same_bits(a.out, b.out) && same_bits(a.diff_src, b.diff_src);
  for (size_t i = 0; i < a.diff_weights.size(); i++) same = same && same_bits(a.diff_weights[i], b.diff_weights[i]);
  return same;
}

inline void name_case(const Recurrent& d) {
  in_case("kind %lld, batch %lld, %lld steps, %lld features, hidden size %lld, direction %lld, cell %lld",
          (long long)d.kind, (long long)d.batch, (long long)d.steps, (long long)d.in_features, (long long)d.hidden_size,
          (long long)d.direction, (long long)d.cell);
}

// Weights of a size with which gradients neither vanish nor grow.
inline void fill(const Recurrent& d, Memory* m) {
  Random random(static_cast<uint64_t>(d.kind + 7 * d.steps + 31 * d.in_features + 101 * d.hidden_size));
  for (float& v : m->src) v = random.real();
  for (float& v : m->diff) v = random.real();
  for (size_t i = 0; i < m->weights.size(); i++) {
    const int tensor = static_cast<int>(i % kTensors);
    const int64_t inner = tensor == 0 ? d.in_features : tensor == 1 ? d.hidden_size : 1;
    for (float& v : m->weights[i]) v = random.real() / std::sqrt(static_cast<float>(inner));
  }
}

inline void check(const Recurrent& d, Guard side, bool plain = false) {
  name_case(d);
  Memory m(d, side), threads2(d, side), threads3(d, side);
  for (Memory* of : {&m, &threads2, &threads3}) fill(d, of);
  CHECK_OK(quern_set_threads(1));
  m.run(d, plain);
  Yardstick y(d);
  for (int64_t i = 0; i < directions_of(d) * d.batch; i++) Sequence(d, i / d.batch, i % d.batch, m, plain, &y).run();
  compare("output", m.out, y.out, y.out);
  compare("diff_src", m.diff_src, y.diff_src, y.diff_src);
  static const char* const names[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh", "h", "c"};
  for (size_t i = 0; i < y.diff_weights.size(); i++) {
    compare(names[i % kTensors], m.diff_weights[i], y.diff_weights[i], y.magnitudes[i]);
  }
  CHECK_OK(quern_set_threads(2));
  threads2.run(d, plain);
  CHECK(same_bits(m, threads2));
  CHECK_OK(quern_set_threads(many_threads));
  threads3.run(d, plain);
  CHECK(same_bits(m, threads3));
}

}  // namespace of_recurrent
