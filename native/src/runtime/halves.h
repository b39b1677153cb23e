// Floats rounded to the nearest number of half precision, ties to even.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/half_types.h"
#include "quern.h"

namespace quern {

inline bool is_half(int64_t type) noexcept { return type == QUERN_BF16 || type == QUERN_F16; }

inline Bf16 bf16_of(float x) noexcept {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  if (std::isnan(x)) return {static_cast<uint16_t>(bits >> 16 | 0x40u)};
  return {static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16)};
}

inline F16 f16_of(float x) noexcept {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  const uint32_t sign = bits >> 16 & 0x8000u;
  const float size = std::fabs(x);
  if (std::isnan(x)) return {static_cast<uint16_t>(sign | 0x7e00u)};
  if (size >= 65520.0f) return {static_cast<uint16_t>(sign | 0x7c00u)};
  if (size < 0x1p-14f) {  // multiples of 2^-24: 1.5 * 2^23 has no bits for less than a whole one
    const float whole = size * 0x1p24f + 12582912.0f;
    std::memcpy(&bits, &whole, sizeof bits);
    return {static_cast<uint16_t>(sign | (bits & 0x7ffu))};
  }
  bits = (bits & 0x7fffffffu) - (112u << 23);
  return {static_cast<uint16_t>(sign | ((bits + 0xfffu + (bits >> 13 & 1u)) >> 13))};
}

// Bytes of an element of packed weights.
inline int64_t weight_bytes(int64_t type) noexcept { return is_half(type) ? 2 : 4; }

}  // namespace quern
