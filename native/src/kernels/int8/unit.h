// The start of each unit of int8 kernels: a unit is one way of multiplying bytes (see cmake/Isa.cmake). It has the
// vectors of its registers, its product of bytes, and behind them the kernels that all units share. Sums are integers
// and no instruction saturates, so that all units give the same bits. With VNNI, or the dot product of NEON, four
// products of bytes are added at once; elsewhere bytes become 16 bits, of which two products are added in 32.
#pragma once

#include "kernels/int8.h"
#include "kernels/integers.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// The unit's table, which dispatch.cpp chooses.
#define QUERN_INT8_TABLE(tier)                                                                                \
  const Int8Kernels& int8_##tier() noexcept {                                                                 \
    namespace k = tier;                                                                                       \
    static constexpr Int8Kernels table{                                                                       \
        k::kLanes,    k::kWidest, k::kDepth, sizeof(k::Element), k::kLess,  k::widen, k::interleave, k::rows, \
        k::depthwise, k::mean,    k::sum,    k::product,         k::lookup, 1};                               \
    return table;                                                                                             \
  }
