// sgd against PyTorch's rule in double, exactly where the numbers allow it.
#pragma once

#include "guarded.h"
#include "numbers.h"

namespace of_sgd {

// One step of one weight: g += decay w; v = first ? g : momentum v + g; w -= lr (nesterov ? g + momentum v : v).
// tolerance grows by the roundings of each step, counted in units of the largest number that takes part.
struct Expected {
  double weight, velocity, tolerance = 0;
  void step(const quern_sgd& s, double diff) {
    const double g = diff + static_cast<double>(s.weight_decay) * weight;
    const double m = s.momentum;
    velocity = s.first_step ? g : m * velocity + g;
    const double by = m == 0 ? g : s.nesterov ? g + m * velocity : velocity;
    const double size = std::fabs(weight) + std::fabs(diff) + std::fabs(g) + std::fabs(velocity) + std::fabs(by);
    weight -= static_cast<double>(s.lr) * by;
    tolerance = 2 * tolerance + 8 * size * 0x1p-24;
  }
};

inline bool exact(Values kind) { return kind == Values::Integers; }

// Four steps, the first without a velocity to start from.
inline void check_run(quern_sgd s, int64_t n, Values kind, Guard side) {
  Random random(static_cast<uint64_t>(n));
  Guarded<float> weights(n, side), diff(n, side), velocity(n, side);
  Guarded<Expected> wanted(n);
  for (int64_t i = 0; i < n; i++) {
    weights[i] = random.value(kind);
    wanted[i] = {weights[i], 0};
    velocity[i] = NAN;  // whatever the memory held
  }
  for (int step = 0; step < 4; step++) {
    s.first_step = step == 0;
    for (int64_t i = 0; i < n; i++) wanted[i].step(s, diff[i] = random.value(kind));
    CHECK_OK(quern_sgd_step(&s, n, diff.data(), weights.data(), s.momentum == 0 ? nullptr : velocity.data()));
    CHECK(ran("sgd"));
    for (int64_t i = 0; i < n; i++) {
      const double tolerance = exact(kind) ? 0 : wanted[i].tolerance;
      CHECK(close_to(weights[i], wanted[i].weight, tolerance));
      CHECK(s.momentum == 0 || close_to(velocity[i], wanted[i].velocity, tolerance));
    }
  }
}

}  // namespace of_sgd
