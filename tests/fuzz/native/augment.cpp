// augment.
#include "attacks.h"
#include "augment_check.h"

void attack_augment(Random* r) {
  const int64_t n = one_in(r, 20) ? 0 : r->between(1, 5), c = r->between(1, 4), h = r->between(1, 12);
  const int64_t w = r->between(1, 12), pitch = c + any_gap(r), steps = r->between(0, 6);
  in_case("%lldx%lldx%lldx%lld, pitch %lld, %lld steps", (long long)n, (long long)c, (long long)h, (long long)w,
          (long long)pitch, (long long)steps);
  of_augment::any(n, c, h, w, pitch, steps, any_side(r), r);
}

void refuse_augment(Random* r) {
  float* f = untouchable<float>();
  const auto* b = untouchable<const unsigned char>();
  auto* steps = untouchable<int32_t>();
  int64_t size;
  const int64_t bad = bad_length(r);
  const quern_augment good{1, 3, 4, 5, 1, QUERN_F32};
  const quern_augment all[] = {{bad, 3, 4, 5, 1, 0}, {1, bad, 4, 5, 1, 0}, {1, 3, bad, 5, 1, 0},
                               {1, 3, 4, bad, 1, 0}, {1, 3, 4, 5, bad, 0}, {1, 3, 4, 5, 1, 7}};
  for (const quern_augment& d : all) {
    REFUSED("augment: ", quern_augment_workspace, &d, &size);
    REFUSED("augment: ", quern_augment_apply, &d, b, steps, f, f, f, 0, f, 1 << 20);
  }
  REFUSES_NULLS("augment: ", "rr", quern_augment_workspace, &good, &size);
  REFUSES_NULLS("augment: ", "r.rrrr.r.", quern_augment_apply, &good, b, steps, f, f, f, 0, f, 1 << 20);
}
