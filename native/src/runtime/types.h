// Element types and memory orders: checks of known and of supported ones.
#pragma once

#include <cstdint>

namespace quern {

// A field, or an argument, that names a quern_type.
int check_known_type(const char* op, const char* field, int64_t type) noexcept;
// Checks a type where only float32 is supported.
int check_type(const char* op, const char* field, int64_t type) noexcept;
// Checks the types of source and destination: float32 to float32, or bytes to bytes or float32, or any of float32,
// bfloat16 and bytes to itself.
enum class Elements { Floats, FloatsOrBytes, OfBytes, Alike };
int check_types(const char* op, int64_t src_type, int64_t dst_type, Elements elements) noexcept;
// One that names a quern_order.
int check_order(const char* op, const char* field, int64_t order) noexcept;
// Checks an order where only channels last is supported.
int check_channels_last(const char* op, const char* field, int64_t order) noexcept;
// Elements from one pixel to the next.
int check_pitch(const char* op, const char* field, int64_t order, int64_t pitch, int64_t channels) noexcept;

// Memory whose type has been checked as float32.
inline const float* f32(const void* memory) noexcept { return static_cast<const float*>(memory); }
inline float* f32(void* memory) noexcept { return static_cast<float*>(memory); }

}  // namespace quern
