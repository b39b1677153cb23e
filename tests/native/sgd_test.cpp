// sgd against PyTorch's rule in double, exactly where the numbers allow it; and what is refused.
#include "sgd_check.h"

namespace {

using namespace of_sgd;

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
