// Included before everything in the glue: keeps strtol and its like those of old C, which every glibc has, so that the
// library loads on glibc 2.34 (the floor that OpenBLAS sets) when it was built on a newer one.
#pragma once
#if defined(__linux__)
#include <features.h>
#undef __GLIBC_USE_C2X_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C23_STRTOL 0
#endif
