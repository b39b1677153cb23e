// Attacks on what works along axes: gather, reduction, argmax.
#include <string>

#include "argmax_check.h"
#include "attacks.h"
#include "gather_check.h"
#include "reduction_check.h"

namespace {

std::vector<int64_t> any_sizes(Random* r, int64_t count) {
  std::vector<int64_t> sizes;
  for (int64_t k = 0; k < count; k++) sizes.push_back(r->between(1, count < 3 ? 60 : count < 5 ? 8 : 3));
  return sizes;
}

}  // namespace

void attack_gather(Random* r) {
  const int64_t axes = r->between(1, 8);
  in_case("%lld axes", (long long)axes);
  of_gather::check(of_gather::drawn(r, axes, axes < 4 ? 30 : 4, one_in(r, 2)), any_side(r));
  count_call("quern_gather", QUERN_OK);
}

// One index outside, or starts that go back, in a table of any length: refused before src or dst is touched.
static void bad_tables(Random* r) {
  float* f = untouchable<float>();
  const int64_t n = r->between(1, 200), src_size = r->between(1, 50), size[] = {n}, one[] = {1};
  Guarded<int32_t> indices(n, any_side(r)), starts(n + 1, any_side(r));
  for (int32_t& i : indices) i = static_cast<int32_t>(r->between(0, src_size - 1));
  for (int64_t i = 0; i <= n; i++) starts[i] = static_cast<int32_t>(i);
  static const int64_t outside[] = {-1, INT32_MIN, INT32_MAX};
  const int64_t at = r->between(0, n - 1);
  const int32_t good = indices[at];
  indices[at] = static_cast<int32_t>(one_in(r, 2) ? src_size : one_of(r, outside));
  REFUSED("gather: index", quern_gather, QUERN_F32, 1, size, one, one, 0, src_size, indices.data(), nullptr, f, f);
  REFUSED("gather: index", quern_gather, QUERN_F32, 1, size, one, one, 0, src_size, indices.data(), starts.data(), f,
          f);
  indices[at] = good;
  const int64_t back = r->between(0, n);
  starts[back] = static_cast<int32_t>(back == 0 ? 1 : one_in(r, 2) ? INT32_MIN : back - 2);
  REFUSED("gather: start", quern_gather, QUERN_F32, 1, size, one, one, 0, src_size, indices.data(), starts.data(), f,
          f);
}

void refuse_gather(Random* r) {
  bad_tables(r);
  float* f = untouchable<float>();
  const char* op = "gather: ";
  const int64_t bad = bad_length(r), good[] = {2, 3}, wrong[] = {bad, 3};
  const int32_t at[] = {0, 1, 2}, outside[] = {0, 3, 1};
  REFUSED(op, quern_gather, QUERN_F32, one_in(r, 2) ? bad : r->between(9, 99), good, good, good, 0, 3, at, nullptr, f,
          f);
  REFUSED(op, quern_gather, QUERN_F32, 2, wrong, good, good, 1, 3, at, nullptr, f, f);
  REFUSED(op, quern_gather, QUERN_F32, 2, good, wrong, good, 1, 3, at, nullptr, f, f);
  REFUSED(op, quern_gather, QUERN_F32, 2, good, good, wrong, 1, 3, at, nullptr, f, f);
  REFUSED(op, quern_gather, QUERN_F32, 2, good, good, good, one_in(r, 2) ? bad : 2, 3, at, nullptr, f, f);
  REFUSED(op, quern_gather, QUERN_F32, 2, good, good, good, 1, bad, at, nullptr, f, f);
  REFUSED(op, quern_gather, QUERN_F32, 2, good, good, good, 1, 3, outside, nullptr, f, f);
  REFUSES_NULLS(op, "..rrr..r.rr", quern_gather, QUERN_F32, 2, good, good, good, 1, 3, at, nullptr, f, f);
}

void attack_reduction(Random* r) {
  const int64_t kind = r->between(QUERN_SUM, QUERN_PROD), count = r->between(1, 8);
  const auto gone = static_cast<uint64_t>(r->between(0, (1 << count) - 1));
  in_case("kind %lld, %lld axes", (long long)kind, (long long)count);
  of_reduction::check(kind, of_reduction::axes(r, any_sizes(r, count), gone, one_in(r, 2)), any_side(r));
  for (const char* f : {"quern_reduction_forward", "quern_reduction_backward"}) count_call(f, QUERN_OK);
}

void refuse_reduction(Random* r) {
  float* f = untouchable<float>();
  const int64_t kind = r->between(QUERN_SUM, QUERN_PROD), bad = bad_length(r);
  const std::string name = std::string(of_reduction::name(kind)) + ": ";
  const char* op = name.c_str();
  const int64_t sizes[] = {2, 3}, good[] = {3, 1}, last[] = {1, 0}, wrong[] = {bad, 3};
  REFUSED("reduction: ", quern_reduction_forward, 5, QUERN_F32, 2, sizes, good, last, f, f);
  REFUSED(op, quern_reduction_forward, kind, QUERN_F32, one_in(r, 2) ? bad : 9, sizes, good, last, f, f);
  REFUSED(op, quern_reduction_forward, kind, QUERN_F32, 2, wrong, good, last, f, f);
  REFUSED(op, quern_reduction_backward, kind, QUERN_F32, 2, sizes, wrong, last, f, f, f, f);
  REFUSED(op, quern_reduction_backward, kind, QUERN_F32, 2, sizes, good, wrong, f, f, f, f);
  REFUSES_NULLS(op, "...rrrrr", quern_reduction_forward, kind, QUERN_F32, 2, sizes, good, last, f, f);
  REFUSES_NULLS("amax: ", "...rrrrrrr", quern_reduction_backward, QUERN_AMAX, QUERN_F32, 2, sizes, good, last, f, f, f,
                f);
}

void attack_argmax(Random* r) {
  const int64_t kind = r->between(QUERN_AMAX, QUERN_AMIN), count = r->between(1, 8);
  const auto gone = uint64_t{1} << r->between(0, count - 1);
  in_case("kind %lld, %lld axes", (long long)kind, (long long)count);
  of_argmax::check_places(kind, one_in(r, 2), of_reduction::axes(r, any_sizes(r, count), gone, one_in(r, 2)),
                          any_side(r));
  count_call("quern_argmax", QUERN_OK);
}

void refuse_argmax(Random* r) {
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r);
  const int64_t sizes[] = {2, 3}, good[] = {3, 1}, last[] = {1, 0}, both[] = {0, 0}, wrong[] = {bad, 3};
  REFUSED("argmax: ", quern_argmax, QUERN_SUM, 0, QUERN_F32, 2, sizes, good, last, f, f);
  REFUSED("argmin: ", quern_argmax, QUERN_AMIN, 2, QUERN_F32, 2, sizes, good, last, f, f);
  REFUSED("argmax: ", quern_argmax, QUERN_AMAX, 0, QUERN_F32, 2, sizes, good, both, f, f);
  REFUSED("argmax: ", quern_argmax, QUERN_AMAX, 0, QUERN_F32, 2, wrong, good, last, f, f);
  REFUSES_NULLS("argmax: ", "....rrrrr", quern_argmax, QUERN_AMAX, 0, QUERN_F32, 2, sizes, good, last, f, f);
}
