// nchw_to_nhwc, nhwc_to_nchw, images.
#include "attacks.h"
#include "layout_check.h"

void attack_layout(Random* r) {
  const int64_t n = one_in(r, 20) ? 0 : r->between(1, 5), c = any_channels(r);
  const int64_t h = r->between(1, 12), w = one_in(r, 8) ? r->between(12, 90) : r->between(1, 12),
                pitch = c + any_gap(r);
  in_case("%lldx%lldx%lldx%lld, pitch %lld", (long long)n, (long long)c, (long long)h, (long long)w, (long long)pitch);
  const Guard side = any_side(r);
  of_layout::to_and_fro(n, c, h, w, pitch, side);
  of_layout::bytes_to_floats(n, c, h, w, pitch, side);
  of_layout::moved(n, c, h, w, pitch, side);
}

void refuse_layout(Random* r) {
  constexpr int64_t kMost = INT32_MAX;
  float* f = untouchable<float>();
  const auto* b = untouchable<const unsigned char>();
  const int64_t bad = bad_length(r), c = any_channels(r);
  const int64_t all[][5] = {
      {bad, c, 1, 1, c},   {1, bad, 1, 1, c}, {1, c, bad, 1, c},         {1, c, 1, bad, c},
      {1, c, 1, 1, c - 1}, {1, c, 1, 1, bad}, {kMost, c, kMost, 9, 200}, {one_in(r, 2), c, kMost, kMost, c + 2}};
  for (const auto& a : all) {
    REFUSED("nchw_to_nhwc: ", quern_nchw_to_nhwc, QUERN_F32, a[0], a[1], a[2], a[3], f, f, a[4]);
    REFUSED("nhwc_to_nchw: ", quern_nhwc_to_nchw, QUERN_F32, a[0], a[1], a[2], a[3], f, a[4], f);
    if (a[4] == 0) continue;  // means planes
    REFUSED("images: ", quern_images, QUERN_F32, a[0], a[1], a[2], a[3], b, untouchable<int32_t>(), f, f, f, a[4]);
  }
  REFUSES_NULLS("nchw_to_nhwc: ", ".....rr.", quern_nchw_to_nhwc, QUERN_F32, 1, 1, 1, 1, f, f, 1);
  REFUSES_NULLS("nhwc_to_nchw: ", ".....r.r", quern_nhwc_to_nchw, QUERN_F32, 1, 1, 1, 1, f, 1, f);
  REFUSES_NULLS("images: ", ".....r.rrr.", quern_images, QUERN_F32, 1, 1, 1, 1, b, nullptr, f, f, f, 1);
}
