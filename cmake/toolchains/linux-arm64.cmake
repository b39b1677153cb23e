# Debian's g++-aarch64-linux-gnu; ctest runs programs by qemu-user. On a host of arm64 its own compiler does.
if(CMAKE_HOST_SYSTEM_PROCESSOR STREQUAL aarch64)
  return()
endif()
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)
