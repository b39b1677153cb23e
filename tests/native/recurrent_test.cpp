// recurrent against plain loops: every kind and direction, awkward sizes, several pieces; and what is refused.
#include "recurrent_check.h"

namespace {

using namespace of_recurrent;

constexpr int64_t kKinds[] = {QUERN_RNN_TANH, QUERN_RNN_RELU, QUERN_LSTM, QUERN_GRU, QUERN_GRU_RESET_FIRST};

Recurrent shape(int64_t kind, int64_t batch, int64_t steps, int64_t features, int64_t hidden, int64_t direction) {
  return {kind, batch, steps, features, hidden, direction, 0, 0, QUERN_F32};
}

void sizes(Guard side) {
  for (int64_t kind : kKinds) {
    for (int64_t direction : {0, 1, 2}) {
      check(shape(kind, 1, 1, 1, 1, direction), side);
      check(shape(kind, 3, 4, 5, 6, direction), side);
      check(shape(kind, 13, 2, 3, 17, direction), side, true);
      check(shape(kind, 2, 7, 33, 65, direction), side);
    }
    check(shape(kind, 0, 3, 4, 5, 2), side);
    check(shape(kind, 1, 40, 2, 3, 0), side);
    check(shape(kind, 100, 3, 70, 20, 2), side);  // several pieces of samples and of rows
  }
  for (int64_t direction : {0, 1, 2}) {
    Recurrent cells = shape(QUERN_LSTM, 3, 5, 4, 9, direction);
    cells.cell = 1;
    check(cells, side);
  }
}

// A sample's bits do not depend on the samples beside it.
void samples() {
  in_case("%s", "one sample of several");
  for (int64_t kind : kKinds) {
    Recurrent d = shape(kind, 20, 6, 9, 19, QUERN_DIRECTION_BIDIRECTIONAL);
    Memory all(d, Guard::After);
    fill(d, &all);
    all.run(d, false);
    d.batch = 1;
    Memory one(d, Guard::After);
    fill(d, &one);
    const size_t floats = static_cast<size_t>(one.out.size());
    std::memcpy(one.src.data(), all.src.data() + 13 * one.src.size(), static_cast<size_t>(one.src.size()) * 4);
    for (size_t i = 0; i < one.weights.size(); i++) {
      std::memcpy(one.weights[i].data(), all.weights[i].data(), static_cast<size_t>(one.weights[i].size()) * 4);
    }
    one.run(d, false);
    CHECK(std::memcmp(one.out.data(), all.out.data() + 13 * one.out.size(), floats * 4) == 0);
  }
}

// Weights that are packed for inference give the same bits.
void inference() {
  in_case("%s", "inference");
  for (int64_t kind : kKinds) {
    Recurrent d = shape(kind, 3, 4, 5, 18, QUERN_DIRECTION_REVERSE);
    Memory m(d, Guard::After);
    fill(d, &m);
    m.run(d, true);
    d.inference = 1;
    int64_t packed_bytes = 0, saved_bytes = 0;
    CHECK_OK(quern_recurrent_packed_size(&d, &packed_bytes));
    CHECK_OK(quern_recurrent_saved_size(&d, &saved_bytes));
    Packed packed(packed_bytes);
    Guarded<float> saved(saved_bytes / 4), out(m.out.size());
    CHECK_OK(
        quern_recurrent_pack(&d, 0, m.weight(0, 0), m.weight(0, 1), nullptr, nullptr, nullptr, nullptr, packed.data()));
    CHECK_OK(quern_recurrent_forward(&d, m.src.data(), packed.data(), out.data(), saved.data()));
    CHECK(same_bits(out, m.out));
  }
}

void refused(int status, const char* text, const Recurrent* d) {
  float* f = untouchable<float>();
  int64_t* bytes = untouchable<int64_t>();
  const int64_t enough = int64_t{1} << 60;
  CHECK_REFUSED(status, text, quern_recurrent_packed_size(d, bytes));
  CHECK_REFUSED(status, text, quern_recurrent_pack(d, 0, f, f, f, f, f, f, f));
  CHECK_REFUSED(status, text, quern_recurrent_saved_size(d, bytes));
  CHECK_REFUSED(status, text, quern_recurrent_forward(d, f, f, f, f));
  CHECK_REFUSED(status, text, quern_recurrent_workspace(d, bytes));
  CHECK_REFUSED(status, text, quern_recurrent_backward(d, f, f, f, f, f, enough));
  CHECK_REFUSED(status, text, quern_recurrent_backward_weights(d, 0, f, f, f, f, f, f, f, f, f, enough));
}

void refusals() {
  float* f = untouchable<float>();
  const Recurrent good = shape(QUERN_LSTM, 2, 3, 4, 5, QUERN_DIRECTION_FORWARD);
  const auto changed = [&](int status, const char* text, auto field, int64_t value) {
    Recurrent bad = good;
    bad.*field = value;
    refused(status, text, &bad);
  };
  const char* null = "recurrent: a required pointer is null";
  refused(QUERN_INVALID_ARGUMENT, null, nullptr);
  changed(QUERN_INVALID_ARGUMENT, "kind 5 is not below 5", &Recurrent::kind, 5);
  changed(QUERN_INVALID_ARGUMENT, "kind -1", &Recurrent::kind, -1);
  changed(QUERN_INVALID_ARGUMENT, "batch -1", &Recurrent::batch, -1);
  changed(QUERN_INVALID_ARGUMENT, "steps 0", &Recurrent::steps, 0);
  changed(QUERN_INVALID_ARGUMENT, "in_features 0", &Recurrent::in_features, 0);
  changed(QUERN_INVALID_ARGUMENT, "hidden_size -2", &Recurrent::hidden_size, -2);
  changed(QUERN_INVALID_ARGUMENT, "direction 3 is not below 3", &Recurrent::direction, 3);
  changed(QUERN_INVALID_ARGUMENT, "cell 2", &Recurrent::cell, 2);
  changed(QUERN_INVALID_ARGUMENT, "inference 2", &Recurrent::inference, 2);
  changed(QUERN_INVALID_SHAPE, "units of all gates exceed 2^31 - 1", &Recurrent::hidden_size, 1 << 30);
  changed(QUERN_INVALID_SHAPE, "steps of all samples exceed 2^31 - 1", &Recurrent::steps, INT32_MAX);
  Recurrent cells = good;
  cells.kind = QUERN_GRU, cells.cell = 1;
  refused(QUERN_INVALID_ARGUMENT, "kind 3 has no cell state", &cells);
  const int64_t enough = int64_t{1} << 60;
  for (int64_t direction : {-1, 1}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "direction", quern_recurrent_pack(&good, direction, f, f, f, f, f, f, f));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "direction",
                  quern_recurrent_backward_weights(&good, direction, f, f, f, f, f, f, f, f, f, enough));
  }
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_recurrent_pack(&good, 0, nullptr, f, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_recurrent_pack(&good, 0, f, nullptr, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_recurrent_forward(&good, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_recurrent_forward(&good, f, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_recurrent_forward(&good, f, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_recurrent_forward(&good, f, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_recurrent_backward(&good, f, f, nullptr, f, f, enough));
  int64_t bytes = 0;
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_recurrent_workspace(&good, &bytes));
  CHECK_REFUSED(QUERN_WORKSPACE, "recurrent: workspace", quern_recurrent_backward(&good, f, f, f, f, f, bytes / 2));
  Recurrent inference = good;
  inference.inference = 1;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "inference has no backward pass",
                quern_recurrent_workspace(&inference, untouchable<int64_t>()));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) sizes(side);
  samples();
  inference();
  in_case("%s", "");
  refusals();
  return finish();
}
