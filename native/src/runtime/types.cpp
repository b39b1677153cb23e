#include "runtime/types.h"

#include "runtime/checks.h"

namespace quern {

int check_known_type(const char* op, const char* field, int64_t type) noexcept {
  if (type >= QUERN_F32 && type <= QUERN_S16) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld is not a quern_type", op, field, static_cast<long long>(type));
}

int check_type(const char* op, const char* field, int64_t type) noexcept {
  if (type == QUERN_F32) return QUERN_OK;
  QUERN_TRY(check_known_type(op, field, type));
  return fail(QUERN_UNSUPPORTED, "%s: %s %lld is not supported, only %d (float32)", op, field,
              static_cast<long long>(type), QUERN_F32);
}

int check_types(const char* op, int64_t src_type, int64_t dst_type, Elements elements) noexcept {
  const bool to = dst_type == QUERN_U8;
  if (elements == Elements::OfBytes) {
    QUERN_TRY(check_known_type(op, "src_type", src_type));
    if (src_type == QUERN_U8) return to ? QUERN_OK : check_type(op, "dst_type", dst_type);
    return fail(QUERN_UNSUPPORTED, "%s: src_type %lld is not supported, only %d (int8)", op,
                static_cast<long long>(src_type), QUERN_U8);
  }
  const bool bytes = elements == Elements::FloatsOrBytes || elements == Elements::Alike;
  if (bytes && src_type == QUERN_U8 && to) return QUERN_OK;
  if (elements == Elements::Alike && src_type == QUERN_BF16 && dst_type == QUERN_BF16) return QUERN_OK;
  QUERN_TRY(check_type(op, "src_type", src_type));
  return check_type(op, "dst_type", dst_type);
}

int check_order(const char* op, const char* field, int64_t order) noexcept {
  if (order == QUERN_NHWC || order == QUERN_NCHW) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld is not a quern_order", op, field, static_cast<long long>(order));
}

int check_channels_last(const char* op, const char* field, int64_t order) noexcept {
  QUERN_TRY(check_order(op, field, order));
  if (order == QUERN_NHWC) return QUERN_OK;
  return fail(QUERN_UNSUPPORTED, "%s: %s %lld (NCHW) is not supported, only %d (NHWC)", op, field,
              static_cast<long long>(order), QUERN_NHWC);
}

int check_pitch(const char* op, const char* field, int64_t order, int64_t pitch, int64_t channels) noexcept {
  if (order == QUERN_NHWC) return check_range(op, field, pitch, channels);
  if (pitch == 1) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "%s: %s %lld must be 1 for NCHW", op, field, static_cast<long long>(pitch));
}

}  // namespace quern
