// A unit as none may be: it has a copy of a function of a C++ standard header, of which the linker keeps one.
#include <algorithm>

using Pick = const float& (*)(const float&, const float&);
Pick larger();
Pick larger() { return std::max<float>; }
