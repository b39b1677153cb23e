// The instruction set of the kernels, and the reason for the choice.
#pragma once

namespace quern {

struct Isa {
  const char* name;           // as QUERN_ISA has it: "avx2"
  const char* reason;         // for `quern info`
  const char* openblas_core;  // the OpenBLAS kernels that go with it; NULL leaves OpenBLAS's own choice
};

// Chooses the best instruction set that CPU and operating system support, or the forced one; fails if the CPU does not
// support the forced one.
int choose_isa(const char* forced, Isa* out) noexcept;

// Whether processor and operating system let this process use AMX. Tests put an emulated unit in its place.
bool has_matrix_unit() noexcept;

}  // namespace quern
