// The start of each unit of kernels. A unit is compiled once per instruction set (see cmake/Isa.cmake) with
// QUERN_ISA_NAME set to its name. The bodies that it includes stand inside a namespace of that name and use no C++
// standard header: a shared inline function compiled for AVX-512 must never be the copy that the linker keeps for
// everybody.
#pragma once

#include "kernels/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// An entry of a unit's list, into the table of its instruction set.
#define QUERN_FILL(name, arguments) table.name = name;
