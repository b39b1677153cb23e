package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;

import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Muon.Coefficients;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the optimizers refuse, and how; {@link Sgd}'s own step is in {@link LossErrorsTest}. */
class OptimizerErrorsTest {
  private static final double NAN = Double.NaN;
  private static final Coefficients DEFAULT = Coefficients.DEFAULT;

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  private static Stream<DynamicTest> tests(Refusal... refusals) {
    return Stream.of(refusals).map(Refusal::test);
  }

  @TestFactory
  Stream<DynamicTest> adam() {
    return tests(
        argument("adam", () -> new Adam(-1), "lr", "-1.0"),
        argument("adam", () -> new Adam(Float.NaN), "lr", "NaN"),
        argument("adam", () -> new Adam(1, 1, 0.9, 1, 0, false), "beta1", "1.0", "[0, 1)"),
        argument("adam", () -> new Adam(1, 0.9, -0.1, 1, 0, false), "beta2", "-0.1"),
        argument("adam", () -> new Adam(1, 0.9, NAN, 1, 0, false), "beta2", "NaN"),
        argument("adam", () -> new Adam(1, 0.9, 0.9, -1e-8, 0, false), "eps", "-1.0E-8"),
        argument("adam", () -> new Adam().withWeightDecay(-0.1f), "weight_decay", "-0.1 "),
        argument("adam", () -> new Adam().withLr(Float.POSITIVE_INFINITY), "lr", "Infinity"),
        argument("adamw", () -> new AdamW(-1), "lr", "-1.0"),
        argument("adamw", () -> new AdamW(1, 1, 0.9, 1, 0, false), "beta1", "1.0"),
        argument("adamw", () -> new AdamW(1, 0.9, 2, 1, 0, false), "beta2", "2.0"),
        argument("adamw", () -> new AdamW(1, 0.9, 0.9, NAN, 0, false), "eps", "NaN"),
        argument("adamw", () -> new AdamW().withWeightDecay(-1), "weight_decay", "-1.0"));
  }

  @TestFactory
  Stream<DynamicTest> rmsProp() {
    return tests(
        argument("rmsprop", () -> new RmsProp(-1), "lr", "-1.0"),
        argument("rmsprop", () -> new RmsProp(1, 1, 1, 0, 0, false), "alpha", "1.0"),
        argument("rmsprop", () -> new RmsProp(1, 0.9, -1, 0, 0, false), "eps", "-1.0"),
        argument("rmsprop", () -> new RmsProp(1, -0.9f), "momentum", "-0.9 "),
        argument("rmsprop", () -> new RmsProp().withWeightDecay(-1), "weight_decay", "-1.0"));
  }

  @TestFactory
  Stream<DynamicTest> muon() {
    Sgd rest = new Sgd(1);
    Muon muon = new Muon();
    return tests(
        argument("muon", () -> new Muon(-1), "lr", "-1.0"),
        argument("muon", () -> new Muon(1, -1, 0, rest), "weight_decay", "-1.0"),
        argument("muon", () -> new Muon(1, 0, 1, rest), "momentum", "1.0", "[0, 1)"),
        argument(
            "muon", () -> new Muon(1, 0, 0, false, null, 0, 5, false, rest), "ns_coefficients"),
        argument("muon", () -> new Coefficients(1, NAN, 0), "ns_coefficients", "NaN"),
        argument(
            "muon", () -> new Muon(1, 0, 0, false, DEFAULT, -1, 5, false, rest), "eps", "-1.0"),
        argument("muon", () -> new Muon(1, 0, 0, false, DEFAULT, 0, 0, false, rest), "ns_steps 0"),
        argument(
            "muon", () -> new Muon(1, 0, 0, false, DEFAULT, 0, 100, false, rest), "ns_steps 100"),
        argument("muon", () -> muon.withRest(null), "rest", "null"),
        argument("muon", () -> muon.withRest(muon), "rest", "muon"),
        shape("muon", () -> muon.step(tensor(3), tensor(3), List.of(tensor(3)), 1), "weight 3"));
  }

  @TestFactory
  Stream<DynamicTest> steps() {
    Adam adam = new Adam();
    Tensor w = tensor(2, 3);
    List<Tensor> two = List.of(w, w);
    return tests(
        argument("adam", () -> adam.step(null, w, two, 1), "weight", "null"),
        argument("adam", () -> adam.step(w, null, two, 1), "gradient", "null"),
        argument("adam", () -> adam.step(w, w, null, 1), "states", "null"),
        argument("adam", () -> adam.step(w, w, List.of(w), 1), "1 states", "exp_avg, exp_avg_sq"),
        argument("adam", () -> adam.step(w, w, Arrays.asList(w, null), 1), "exp_avg_sq", "null"),
        argument("adam", () -> adam.step(w, w, two, 0), "step 0"),
        shape("adam", () -> adam.step(w, tensor(3, 2), two, 1), "gradient 3x2", "2x3"),
        shape("adam", () -> adam.step(w, w, List.of(w, tensor(6)), 1), "exp_avg_sq 6", "2x3"),
        argument("rmsprop", () -> new RmsProp().step(w, w, two, 1), "2 states", "square_avg"),
        argument("sgd", () -> new Sgd(1).step(w, w, two, 1), "2 states", "[]"));
  }
}
