// recurrent: any kind, direction and sizes.
#include "attacks.h"
#include "recurrent_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;
using D = quern_recurrent;
const Field<D> kFields[] = {{&D::kind, QUERN_RNN_TANH, QUERN_GRU_RESET_FIRST, nullptr},
                            {&D::batch, 0, kMost, nullptr},
                            {&D::steps, 1, kMost, nullptr},
                            {&D::in_features, 1, kMost, nullptr},
                            {&D::hidden_size, 1, kMost, nullptr},
                            {&D::direction, QUERN_DIRECTION_FORWARD, QUERN_DIRECTION_BIDIRECTIONAL, nullptr},
                            {&D::cell, 0, 1, nullptr},
                            {&D::inference, 0, 1, nullptr},
                            {&D::type, QUERN_F32, QUERN_F32, nullptr}};

D any_recurrent(Random* r) {
  D d{};
  d.kind = r->between(QUERN_RNN_TANH, QUERN_GRU_RESET_FIRST);
  d.batch = one_in(r, 20) ? 0 : one_in(r, 10) ? r->between(95, 110) : r->between(1, 14);
  d.steps = one_in(r, 3) ? 1 : r->between(1, 9);
  d.in_features = one_in(r, 3) ? any_channels(r) : r->between(1, 9);
  d.hidden_size = d.batch > 20 ? r->between(1, 20) : any_channels(r);
  d.direction = r->between(QUERN_DIRECTION_FORWARD, QUERN_DIRECTION_BIDIRECTIONAL);
  d.cell = d.kind == QUERN_LSTM && one_in(r, 3) ? 1 : 0;
  return d;
}

void refused_by_all(const D& d) {
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  const char* op = "recurrent: ";
  of_recurrent::name_case(d);
  REFUSED(op, quern_recurrent_packed_size, &d, size);
  REFUSED(op, quern_recurrent_pack, &d, 0, f, f, f, f, f, f, f);
  REFUSED(op, quern_recurrent_saved_size, &d, size);
  REFUSED(op, quern_recurrent_forward, &d, f, f, f, f);
  REFUSED(op, quern_recurrent_workspace, &d, size);
  REFUSED(op, quern_recurrent_backward, &d, f, f, f, f, f, INT64_MAX);
  REFUSED(op, quern_recurrent_backward_weights, &d, 0, f, f, f, f, f, f, f, f, f, INT64_MAX);
}

void small_workspaces(Random* r, const D& d) {
  float* f = untouchable<float>();
  const char* op = "recurrent: workspace";
  for (int64_t given : {r->between(0, 63), int64_t{-1}, INT64_MIN}) {
    REFUSED(op, quern_recurrent_backward, &d, f, f, f, f, f, given);
  }
  REFUSED(op, quern_recurrent_backward, &d, f, f, f, f, nullptr, INT64_MAX);
  REFUSED(op, quern_recurrent_backward_weights, &d, 0, f, f, f, f, f, f, f, f, f, int64_t{-1});
}

// Sizes that hardly fit are refused, or lead to sizes that are no less than their parts.
void hardly_fits(Random* r, D d) {
  d.steps = int64_t{1} << r->between(0, 31), d.in_features = (int64_t{1} << r->between(20, 31)) - 1;
  d.hidden_size = int64_t{1} << r->between(20, 30), d.batch = r->between(1, kMost);
  int64_t packed = -1, saved = -1, bytes = -1;
  of_recurrent::name_case(d);
  if (d.steps > kMost || quern_recurrent_workspace(&d, &bytes) != QUERN_OK) return refused_by_all(d);
  CHECK_OK(quern_recurrent_packed_size(&d, &packed));
  CHECK_OK(quern_recurrent_saved_size(&d, &saved));
  CHECK(packed >= 4 * d.hidden_size * d.in_features && saved >= 4 * d.batch * d.steps * d.hidden_size &&
        bytes >= saved / 3);
}

}  // namespace

void attack_recurrent(Random* r) { of_recurrent::check(any_recurrent(r), any_side(r), one_in(r, 3)); }

void refuse_recurrent(Random* r) {
  float* f = untouchable<float>();
  const char* op = "recurrent: ";
  D d = any_recurrent(r);
  if (d.batch == 0) d.batch = 1;  // else it needs no workspace
  of_recurrent::name_case(d);
  int64_t bytes = 0;
  REFUSES_NULLS(op, "rr", quern_recurrent_packed_size, &d, &bytes);
  REFUSES_NULLS(op, "r.rr....r", quern_recurrent_pack, &d, 0, f, f, f, f, f, f, f);
  REFUSES_NULLS(op, "rr", quern_recurrent_saved_size, &d, &bytes);
  REFUSES_NULLS(op, "rrrrr", quern_recurrent_forward, &d, f, f, f, f);
  REFUSES_NULLS(op, "rr", quern_recurrent_workspace, &d, &bytes);
  REFUSES_NULLS(op, "rrrr.r.", quern_recurrent_backward, &d, f, f, f, f, f, INT64_MAX);
  REFUSES_NULLS(op, "r.rr......r.", quern_recurrent_backward_weights, &d, 0, f, f, f, f, f, f, f, f, f, INT64_MAX);
  REFUSED("recurrent: packed", quern_recurrent_pack, &d, 0, f, f, f, f, f, f,
          reinterpret_cast<char*>(f) + r->between(1, 63));
  const int64_t bad = one_in(r, 2) ? -1 : of_recurrent::directions_of(d);
  REFUSED("recurrent: direction", quern_recurrent_pack, &d, bad, f, f, f, f, f, f, f);
  REFUSED("recurrent: direction", quern_recurrent_backward_weights, &d, bad, f, f, f, f, f, f, f, f, f, INT64_MAX);
  small_workspaces(r, d);
  refused_by_all(broken(r, kFields, d));
  D cells = d;
  cells.kind = QUERN_GRU, cells.cell = 1;
  refused_by_all(cells);
  hardly_fits(r, d);
}
