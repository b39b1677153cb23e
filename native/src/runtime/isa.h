// Which instruction set the kernels use, and why.
#pragma once

namespace quern {

struct Isa {
  const char* name;           // as QUERN_ISA has it: "avx2"
  const char* reason;         // for `quern info`
  const char* openblas_core;  // the OpenBLAS kernels that go with it; NULL leaves OpenBLAS's own choice
};

// The best that CPU and operating system support, or the forced one; reports a forced one that the CPU lacks.
int choose_isa(const char* forced, Isa* out) noexcept;

}  // namespace quern
