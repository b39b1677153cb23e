// GCC 14's C++ library calls a function of glibc 2.38 to read a number of its own settings. Where nothing else calls
// it, the linker leaves this one out.
#if defined(__linux__)
#include <stdlib.h>

// Declared by no header: runtime/glibc_compat.h, which the compiler includes first, keeps strtoul the old one.
extern "C" unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return strtoul(text, end, base); }
#endif
