// Element types and memory orders: which are known, and which are computed.
#pragma once

#include <cstdint>

namespace quern {

// A field, or an argument, that names a quern_type.
int check_known_type(const char* op, const char* field, int64_t type) noexcept;
// One where float32 alone is computed.
int check_type(const char* op, const char* field, int64_t type) noexcept;
// Which elements an operator has on both sides: float32 alone, or else bytes, or bytes that become either.
enum class Elements { Floats, FloatsOrBytes, OfBytes };
int check_types(const char* op, int64_t src_type, int64_t dst_type, Elements elements) noexcept;
// One that names a quern_order.
int check_order(const char* op, const char* field, int64_t order) noexcept;
// Where channels last alone are computed.
int check_channels_last(const char* op, const char* field, int64_t order) noexcept;
// Elements from one pixel to the next.
int check_pitch(const char* op, const char* field, int64_t order, int64_t pitch, int64_t channels) noexcept;

// Memory whose type has been checked: float32, the one that is computed.
inline const float* f32(const void* memory) noexcept { return static_cast<const float*>(memory); }
inline float* f32(void* memory) noexcept { return static_cast<float*>(memory); }

}  // namespace quern
