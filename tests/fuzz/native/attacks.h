// What the attacks on the C functions share. An operator has two: `run` draws a descriptor that is valid and compares
// all that comes out with the yardstick of tests/native, `refuse` draws ones that are not. All follows from the Random.
#pragma once

#include <tuple>
#include <utility>

#include "guarded.h"
#include "numbers.h"

struct Attack {
  const char* name;
  int weight;
  void (*run)(Random* r);
  void (*refuse)(Random* r);
};

extern const Attack kAttacks[];
extern const int kAttackCount;

// Counts a call of the function of this name.
void count_call(const char* function, int status);

inline Guard any_side(Random* r) { return r->between(0, 1) == 0 ? Guard::After : Guard::Before; }
inline Values any_values(Random* r) { return r->between(0, 1) == 0 ? Values::Integers : Values::Floats; }
inline bool one_in(Random* r, int64_t n) { return r->between(1, n) == 1; }

template <typename T, size_t kCount>
T one_of(Random* r, const T (&list)[kCount]) {
  return list[r->between(0, static_cast<int64_t>(kCount) - 1)];
}

// Small numbers, and those around the widths of vectors and tiles.
inline int64_t any_channels(Random* r) {
  static const int64_t awkward[] = {7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65};
  const int64_t kind = r->between(0, 3);
  return kind == 0 ? one_of(r, awkward) : kind == 1 ? r->between(1, 70) : r->between(1, 12);
}

// Elements of a vector: few, or now and then enough for several pieces.
inline int64_t any_length(Random* r) {
  return one_in(r, 30) ? r->between(16000, 40000) : one_in(r, 3) ? r->between(0, 300) : r->between(0, 40);
}

inline int64_t any_gap(Random* r) { return one_in(r, 2) ? 0 : r->between(1, 9); }

// A number that no field of positive sizes takes, or one that is far too large for what the rest says.
inline int64_t any_extreme(Random* r) {
  static const int64_t extremes[] = {0,
                                     -1,
                                     INT32_MAX,
                                     int64_t{INT32_MAX} + 1,
                                     INT32_MIN,
                                     int64_t{1} << 16,
                                     int64_t{1} << 30,
                                     int64_t{1} << 32,
                                     int64_t{1} << 53,
                                     INT64_MAX,
                                     INT64_MAX - 1,
                                     INT64_MIN};
  const int64_t kind = r->between(0, 5);
  return kind == 0 ? static_cast<int64_t>(r->next()) : kind == 1 ? r->between(-3, 3) : one_of(r, extremes);
}

// One that is no count of elements.
inline int64_t bad_length(Random* r) {
  static const int64_t bad[] = {-1, INT64_MIN, INT32_MIN, (int64_t{1} << 53) + 1, INT64_MAX};
  return one_in(r, 3) ? -1 - static_cast<int64_t>(r->next() >> 2) : one_of(r, bad);
}

// Not finite, or negative.
inline double bad_number(Random* r) {
  static const double bad[] = {-1, -1e-300, NAN, INFINITY, -INFINITY, -1e300};
  return one_of(r, bad);
}

// A field of a descriptor and the numbers that it may hold; at_least, where it is not null, is another bound from
// below.
template <typename D>
struct Field {
  int64_t D::*field;
  int64_t least, most;
  int64_t D::*at_least;
  bool holds(const D& d) const {
    return d.*field >= least && d.*field <= most && (at_least == nullptr || d.*field >= d.*at_least);
  }
};

// Writes numbers that hardly fit into some fields; whether one of them is outside its range, so that the descriptor
// must be refused.
template <typename D, size_t kCount>
bool spoil(Random* r, const Field<D> (&fields)[kCount], D* d) {
  for (int64_t n = r->between(1, 3); n > 0; n--) {
    const Field<D>& f = one_of(r, fields);
    d->*f.field = one_in(r, 4) ? f.least - 1 : any_extreme(r);
  }
  for (const Field<D>& f : fields) {
    if (!f.holds(*d)) return true;
  }
  return false;
}

// As spoil, until one is outside.
template <typename D, size_t kCount>
D broken(Random* r, const Field<D> (&fields)[kCount], const D& good) {
  for (;;) {
    D d = good;
    if (spoil(r, fields, &d)) return d;
  }
}

// A refusal says so in a message that begins with the operation.
void check_refusal(const char* function, const char* op, int status);

#define REFUSED(op, function, ...)                       \
  do {                                                   \
    current_call = #function "(" #__VA_ARGS__ ")";       \
    check_refusal(#function, op, function(__VA_ARGS__)); \
  } while (0)

template <typename Body, size_t... kIndex>
void each_index(std::index_sequence<kIndex...>, Body&& body) {
  (body(std::integral_constant<size_t, kIndex>()), ...);
}

// The call with each pointer that `required` marks by an r null in turn.
template <typename... Parameters, typename... Arguments>
void refuse_nulls(const char* name, const char* op, const char* required, int (*function)(Parameters...) noexcept,
                  Arguments... arguments) {
  each_index(std::index_sequence_for<Parameters...>(), [&](auto index) {
    if constexpr (std::is_pointer_v<std::tuple_element_t<index, std::tuple<Parameters...>>>) {
      if (required[index] != 'r') return;
      std::tuple<Parameters...> all(arguments...);
      std::get<index>(all) = nullptr;
      check_refusal(name, op, std::apply(function, all));
    }
  });
}

#define REFUSES_NULLS(op, required, function, ...)                \
  do {                                                            \
    current_call = #function " without a pointer";                \
    refuse_nulls(#function, op, required, function, __VA_ARGS__); \
  } while (0)
