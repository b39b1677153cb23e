// The start of each unit of int8 kernels. A unit is compiled for one instruction set (see cmake/Isa.cmake): it includes
// the vectors of its registers, has its product of int8, and includes behind it the kernels that all units share. Sums
// are integers and no instruction saturates, so the results of all units are bit-identical. VNNI and the dot product of
// NEON add four products of int8 at once. The other instruction sets extend int8 to 16 bits and add two products at
// once.
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
