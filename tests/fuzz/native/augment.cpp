// augment.
#include "attacks.h"
#include "augment_check.h"

void attack_augment(Random* r) {
  const int64_t n = one_in(r, 20) ? 0 : one_in(r, 12) ? r->between(5, 20) : r->between(1, 5);
  const int64_t c = one_in(r, 8) ? r->between(4, 9) : r->between(1, 4);
  const bool thin = one_in(r, 6);  // a line, now and then a long one
  const int64_t h = thin ? 1 : r->between(1, 12), w = thin ? r->between(1, 150) : r->between(1, 12);
  const int64_t pitch = c + any_gap(r), steps = one_in(r, 10) ? r->between(6, 40) : r->between(0, 6);
  in_case("%lldx%lldx%lldx%lld, pitch %lld, %lld steps", (long long)n, (long long)c, (long long)h, (long long)w,
          (long long)pitch, (long long)steps);
  of_augment::any(n, c, h, w, pitch, steps, any_side(r), r);
}

namespace {

using D = quern_augment;
const Field<D> kFields[] = {{&D::batch, 0, INT32_MAX, nullptr},  {&D::channels, 1, INT32_MAX, nullptr},
                            {&D::height, 1, INT32_MAX, nullptr}, {&D::width, 1, INT32_MAX, nullptr},
                            {&D::steps, 0, 4096, nullptr},       {&D::type, QUERN_F32, QUERN_F32, nullptr}};

// Descriptors near the limits: both either refuse one or compute sizes that have not wrapped.
void hardly_fits(const D& d) {
  int64_t size = -1;
  float* f = untouchable<float>();
  if (quern_augment_workspace(&d, &size) == QUERN_OK) {
    CHECK(size > 0 && size % 64 == 0);
    return;
  }
  REFUSED("augment: ", quern_augment_workspace, &d, &size);
  REFUSED("augment: ", quern_augment_apply, &d, untouchable<const unsigned char>(), untouchable<int32_t>(), f, f, f, 0,
          f, INT64_MAX);
}

// One step that is not valid among those that are: nothing is written.
void bad_step(Random* r) {
  const quern_augment d{1, 3, 4, 5, r->between(1, 9), QUERN_F32};
  Guarded<int32_t> words(d.steps * QUERN_AUGMENT_WORDS);
  for (int64_t i = 0; i < d.steps; i++) of_augment::any_step(r, 4, 5, words.data() + i * QUERN_AUGMENT_WORDS);
  int32_t* bad = words.data() + r->between(0, d.steps - 1) * QUERN_AUGMENT_WORDS;
  const int64_t kind = r->between(0, 2);
  bad[0] = static_cast<int32_t>(r->between(QUERN_AUGMENT_INVERT + 1, INT32_MAX)) * (one_in(r, 2) ? 1 : -1);
  if (kind == 1) bad[0] = QUERN_AUGMENT_ERASE, bad[5] = one_in(r, 2) ? QUERN_ERASE_NOISE + 1 : INT32_MIN;
  if (kind == 2) {
    bad[0] = QUERN_AUGMENT_GAUSSIAN_BLUR, bad[1] = bad[2] = 1;
    of_augment::put(bad + 3, 1), of_augment::put(bad + 4, 1);
    const int at = static_cast<int>(r->between(1, 4));
    static const int32_t taps[] = {0, -1, 2, 11, INT32_MIN, INT32_MAX};
    at < 3 ? static_cast<void>(bad[at] = one_of(r, taps))
           : of_augment::put(bad + at, one_in(r, 3) ? 0.0f : static_cast<float>(bad_number(r)) - 1e-9f);
  }
  float* f = untouchable<float>();
  REFUSED("augment: ", quern_augment_apply, &d, untouchable<const unsigned char>(), words.data(), f, f, f, 0, f,
          INT64_MAX);
}

}  // namespace

void refuse_augment(Random* r) {
  bad_step(r);
  for (int i = 0; i < 6; i++) {
    quern_augment hard{r->between(0, 3), 3, 4, 5, 1, QUERN_F32};
    spoil(r, kFields, &hard);
    in_case("%lldx%lldx%lldx%lld, %lld steps, type %lld", (long long)hard.batch, (long long)hard.channels,
            (long long)hard.height, (long long)hard.width, (long long)hard.steps, (long long)hard.type);
    hardly_fits(hard);
  }
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
