package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** muon against its twin, and what it is for: singular values near 1. */
class MuonTest {
  /**
   * Five iterations multiply a small singular value by up to 3.4445^5 = 485, and float32's rounding
   * errors of 6e-8 with it: about 3e-5, and as much again from the sums.
   */
  private static final double TOLERANCE = 1e-4;

  /** Elements above which the twin's products take most of the time. */
  private static final int LARGE = 10_000;

  private static final List<Shape> SHAPES =
      List.of(
          Shape.of(1, 1, 1, 1),
          Shape.of(7, 1, 1, 1),
          Shape.of(1, 3, 3, 3),
          Shape.of(16, 3, 3, 3),
          Shape.of(65, 3, 3, 3),
          Shape.of(24, 8, 3, 3),
          Shape.of(70, 13, 3, 2),
          Shape.of(130, 17, 3, 3),
          Shape.of(150, 129, 1, 1),
          Shape.of(33, 65));

  @TestFactory
  Stream<DynamicTest> everyParameter() {
    List<Muon> all = new ArrayList<>(List.of(new Muon(), new Muon(0.02f)));
    for (float momentum : new float[] {0, 0.9f}) {
      for (boolean nesterov : new boolean[] {false, true}) {
        Muon.Coefficients third = new Muon.Coefficients(1.5, -0.5, 0);
        all.add(muon(momentum, nesterov, third, 3));
        all.add(muon(momentum, nesterov, Muon.Coefficients.DEFAULT, 5));
      }
    }
    for (boolean nesterov : new boolean[] {false, true}) {
      all.add(
          new Muon(
              0.24f, 0.01f, 0.6f, nesterov, Muon.Coefficients.DEFAULT, 1e-7, 3, true, new AdamW()));
    }
    return all.stream()
        .map(m -> dynamicTest(m.toString(), () -> check(m, Suite.FULL || m == all.get(0))));
  }

  private static Muon muon(float momentum, boolean nesterov, Muon.Coefficients k, int steps) {
    return new Muon(0.5f, 0.01f, momentum, nesterov, k, 1e-7, steps, false, new AdamW());
  }

  private static void check(Muon muon, boolean large) {
    for (Shape shape : SHAPES) {
      if (!large && shape.elements() > LARGE) {
        continue;
      }
      OptimizerRun.check(
          muon, "muon", shape, 3, Values.floats(Values.seedOf(shape)), MuonTest::close);
    }
  }

  private static void close(String what, Tensor actual, NdArray expected) {
    double distance = Compare.distance(actual.toArray(), expected.values());
    Operators.againstReference(distance);
    assertThat(distance).as(what).isLessThanOrEqualTo(TOLERANCE);
  }

  /** The update of one step from zero weights, by a learning rate of 1. */
  private static float[] update(Shape shape, float[] gradient) {
    try (Arena a = new Arena()) {
      Tensor w = a.tensor(shape);
      new Muon(1).step(w, a.tensor(shape, gradient), List.of(a.tensor(shape)), 1);
      return w.toArray();
    }
  }

  @Test
  void singularValuesComeNear1() {
    for (Shape shape : List.of(Shape.of(16, 8, 3, 3), Shape.of(64, 3, 3, 3), Shape.of(90, 40))) {
      float[] u = update(shape, Values.floats(1).array(shape).toFloats());
      int rows = (int) shape.dim(0);
      double scale = Math.sqrt(Math.max(1, (double) rows * rows / u.length));
      for (double s : singularValues(u, rows)) {
        assertThat(s / scale).as("singular value of %s", shape).isBetween(0.67, 1.2);
      }
    }
  }

  @Test
  void theSizeOfTheGradientDoesNotMatter() {
    Shape shape = Shape.of(6, 2, 3, 3);
    float[] g = Values.floats(2).array(shape).toFloats();
    float[] large = g.clone();
    for (int i = 0; i < g.length; i++) {
      large[i] *= 1024;
    }
    assertThat(update(shape, large)).isEqualTo(update(shape, g));
  }

  @Test
  void noGradientNoUpdate() {
    assertThat(update(Shape.of(3, 2, 3, 3), new float[54])).containsOnly(0);
  }

  @Test
  void filtersOnly() {
    Sgd rest = new Sgd(0.1f, 0.9f);
    Muon muon = new Muon().withRest(rest);
    assertThat(muon.forShape(Shape.of(4, 3, 3, 3))).isSameAs(muon);
    assertThat(muon.forShape(Shape.of(4, 3))).isSameAs(rest);
    assertThat(muon.forShape(Shape.of(4))).isSameAs(rest);
    assertThat(rest.forShape(Shape.of(4, 3, 3, 3))).isSameAs(rest);
    assertThat(new Muon().rest()).isEqualTo(new AdamW(1e-3f, 1e-2f));
  }

  /** Roots of the eigenvalues of the smaller Gram matrix, by Jacobi's rotations. */
  private static double[] singularValues(float[] matrix, int rows) {
    int columns = matrix.length / rows;
    int n = Math.min(rows, columns);
    double[][] gram = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < Math.max(rows, columns); k++) {
          gram[i][j] +=
              rows <= columns
                  ? (double) matrix[i * columns + k] * matrix[j * columns + k]
                  : (double) matrix[k * columns + i] * matrix[k * columns + j];
        }
      }
    }
    for (int sweep = 0; sweep < 12; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(gram, p, q);
        }
      }
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = Math.sqrt(Math.max(gram[i][i], 0));
    }
    return values;
  }

  private static void rotate(double[][] a, int p, int q) {
    double angle = Math.atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2;
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    for (int k = 0; k < a.length; k++) {
      double x = a[k][p];
      a[k][p] = c * x - s * a[k][q];
      a[k][q] = s * x + c * a[k][q];
    }
    for (int k = 0; k < a.length; k++) {
      double x = a[p][k];
      a[p][k] = c * x - s * a[q][k];
      a[q][k] = s * x + c * a[q][k];
    }
  }
}
