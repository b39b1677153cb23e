// sgd against PyTorch's rule in double, exactly where the numbers allow it; and what is refused.
#include "guarded.h"
#include "numbers.h"

namespace {

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

bool exact(Values kind) { return kind == Values::Integers; }

// Four steps, the first without a velocity to start from.
void check_run(quern_sgd s, int64_t n, Values kind, Guard side) {
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

void rules() {
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (int64_t n : {0, 1, 7, 8, 15, 16, 17, 33, 16384, 16385, 40009}) {
      for (int mode = 0; mode < 8; mode++) {
        // powers of two: with small integers every step is exact
        const quern_sgd s{0.5f, mode & 1 ? 0.5f : 0.0f, mode & 2 ? 0.25f : 0.0f, mode & 4 ? 1 : 0, 0};
        in_case("%lld weights, %d threads, lr %g, momentum %g, decay %g, nesterov %d", static_cast<long long>(n),
                threads, s.lr, s.momentum, s.weight_decay, s.nesterov);
        check_run(s, n, Values::Integers, mode & 1 ? Guard::After : Guard::Before);
        quern_sgd odd = s;
        odd.lr = 0.1f, odd.momentum *= 1.8f, odd.weight_decay *= 0.02f;
        check_run(odd, n, Values::Floats, Guard::After);
      }
    }
  }
  in_case("%s", "");
}

void leaves_the_velocity_alone() {
  const quern_sgd s{0.5f, 0, 0, 0, 0};
  float weights[] = {1, 2}, velocity[] = {5, 6};
  const float diff[] = {2, -2};
  CHECK_OK(quern_sgd_step(&s, 2, diff, weights, velocity));
  CHECK(weights[0] == 0 && weights[1] == 3 && velocity[0] == 5 && velocity[1] == 6);
}

void refusals() {
  float* f = untouchable<float>();
  const quern_sgd plain{0.1f, 0, 0, 0, 0}, heavy{0.1f, 0.9f, 0, 0, 0};
  const char* text = "sgd: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_sgd_step(nullptr, 1, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_sgd_step(&plain, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_sgd_step(&plain, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_sgd_step(&heavy, 1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sgd: -", quern_sgd_step(&plain, -1, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sgd: -", quern_sgd_step(&plain, INT64_MIN, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_sgd_step(&plain, (int64_t{1} << 53) + 1, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_sgd_step(&plain, INT64_MAX, f, f, f));
  for (int32_t bad : {-1, 2, INT32_MIN, INT32_MAX}) {
    quern_sgd s = heavy;
    s.nesterov = bad;
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "nesterov", quern_sgd_step(&s, 1, f, f, f));
    s = heavy;
    s.first_step = bad;
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "first_step", quern_sgd_step(&s, 1, f, f, f));
  }
}

}  // namespace

int main() {
  start();
  rules();
  leaves_the_velocity_alone();
  refusals();
  return finish();
}
