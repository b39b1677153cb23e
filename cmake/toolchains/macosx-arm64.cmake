# zig's C++ compiler, by the programs that cmake/cross.sh makes (QUERN_ZIG is their folder). Nothing that it builds can
# be run here.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_OSX_ARCHITECTURES "" CACHE STRING "the compiler's target says it")
set(CMAKE_CXX_COMPILER "$ENV{QUERN_ZIG}/c++")
set(CMAKE_AR "$ENV{QUERN_ZIG}/ar" CACHE FILEPATH "")
set(CMAKE_RANLIB "$ENV{QUERN_ZIG}/ranlib" CACHE FILEPATH "")
# trial programs would be linked with a flag that zig does not know
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_HAVE_LIBC_PTHREAD ON CACHE BOOL "Darwin's C library has threads")
