// Included before everything else in the glue: selects the versions of strtol and similar functions that every glibc
// has, so that a library that was built on a newer glibc loads on glibc 2.34, which OpenBLAS requires.
#pragma once
#if defined(__linux__)
#include <features.h>
#undef __GLIBC_USE_C2X_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C23_STRTOL 0
#endif
