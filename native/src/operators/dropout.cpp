#include <cmath>

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

using namespace quern;

namespace {

int prepare(const quern_dropout* d, DropoutStep* out) noexcept {
  QUERN_TRY(check_initialized("dropout"));
  QUERN_TRY(check_pointers("dropout", d != nullptr));
  QUERN_TRY(check_range("dropout", "batch", d->batch, 0));
  QUERN_TRY(check_range("dropout", "channels", d->channels, 0));
  QUERN_TRY(check_range("dropout", "pixels", d->pixels, 0));
  QUERN_TRY(check_flag("dropout", "whole_channels", d->whole_channels));
  QUERN_TRY(check_type("dropout", "type", d->type));
  if (!(d->p >= 0 && d->p <= 1)) return fail(QUERN_INVALID_ARGUMENT, "dropout: p %g is outside [0, 1]", d->p);
  int64_t elements;
  QUERN_TRY(count("dropout", "tensor", d->batch > 0 ? d->batch : 1, d->channels, d->pixels, 1, &elements));
  *out = {static_cast<uint64_t>(d->key), d->channels, d->pixels, static_cast<int32_t>(std::ceil(d->p * 0x1p24)),
          d->p < 1 ? static_cast<float>(1 / (1 - d->p)) : 0.0f};
  return QUERN_OK;
}

}  // namespace

extern "C" int quern_dropout_apply(const quern_dropout* dropout, const void* src, void* dst) noexcept {
  DropoutStep step;
  QUERN_TRY(prepare(dropout, &step));
  QUERN_TRY(check_pointers("dropout", src && dst));
  const int64_t elements = step.channels * step.pixels;
  const auto kernel = dropout->whole_channels ? kernels().dropout2d : kernels().dropout;
  ran("dropout");
  parallel_ranges(dropout->batch, 16384 / (elements + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; n++) {
      kernel(step, static_cast<uint32_t>(n), f32(src) + n * elements, f32(dst) + n * elements);
    }
  });
  return QUERN_OK;
}
