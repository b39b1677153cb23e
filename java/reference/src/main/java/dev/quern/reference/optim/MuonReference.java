package dev.quern.reference.optim;

import dev.quern.optim.Muon;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link Muon} for weights of rank 2 or more. The optimizer of all
 * other parameters has its own reference implementation.
 */
public final class MuonReference {
  private MuonReference() {}

  /**
   * Updates a weight in place: {@code b = momentum b + (1 - momentum) g; u = orthogonal(b)}, with
   * Nesterov {@code u = orthogonal(momentum b + (1 - momentum) g)}; then {@code w -= lr
   * (weightDecay w + sqrt(max(1, rows / columns)) u)}. If the weight is to be normalized, it is
   * first multiplied by {@code sqrt(rows) / |w|}.
   *
   * @param weight w, of rank 2 or more; changed
   * @param gradient g; not changed
   * @param velocity b; zeros before the first step; changed
   */
  public static void step(Muon muon, NdArray weight, NdArray gradient, NdArray velocity) {
    Require.present("muon", "muon, weight", muon, weight);
    Checks.shape("muon", "gradient", gradient, weight.shape());
    Checks.shape("muon", "velocity", velocity, weight.shape());
    if (weight.size() == 0) {
      return; // an empty weight cannot be divided into rows
    }
    double momentum = muon.momentum();
    NdArray update = new NdArray(weight.shape());
    for (int i = 0; i < weight.size(); i++) {
      double g = gradient.get(i);
      double b = momentum * velocity.get(i) + (1 - momentum) * g;
      velocity.set(i, b);
      update.set(i, muon.nesterov() ? momentum * b + (1 - momentum) * g : b);
    }
    int rows = weight.dim(0);
    double tall = Math.sqrt(Math.max(1, (double) rows * rows / weight.size()));
    NdArray u = orthogonal(muon, update.reshape(Shape.of(rows, weight.size() / rows)));
    double grown =
        muon.normalizeWeights() ? Math.sqrt(rows) / Math.max(norm(weight), muon.eps()) : 1;
    for (int i = 0; i < weight.size(); i++) {
      double shrunk = grown * weight.get(i) * (1 - (double) muon.lr() * muon.weightDecay());
      weight.set(i, shrunk - muon.lr() * tall * u.get(i));
    }
  }

  /**
   * Returns the matrix orthogonalized by the Newton-Schulz iteration: its singular values become
   * about 1.
   */
  static NdArray orthogonal(Muon muon, NdArray matrix) {
    boolean tall = matrix.dim(0) > matrix.dim(1);
    NdArray x = tall ? transposed(matrix) : matrix.copy();
    double norm = Math.max(norm(x), muon.eps());
    for (int i = 0; i < x.size(); i++) {
      x.set(i, x.get(i) / norm);
    }
    for (int i = 0; i < muon.nsSteps(); i++) {
      x = iterated(muon.nsCoefficients(), x);
    }
    return tall ? transposed(x) : x;
  }

  private static double norm(NdArray x) {
    double squares = 0;
    for (double v : x.values()) {
      squares += v * v;
    }
    return Math.sqrt(squares);
  }

  /** Returns one Newton-Schulz iteration: {@code a X + (b A + c A A) X} with {@code A = X X^T}. */
  private static NdArray iterated(Muon.Coefficients k, NdArray x) {
    NdArray gram = product(x, transposed(x));
    NdArray square = product(gram, gram);
    NdArray polynomial = new NdArray(gram.shape());
    for (int i = 0; i < gram.size(); i++) {
      polynomial.set(i, k.b() * gram.get(i) + k.c() * square.get(i));
    }
    NdArray next = product(polynomial, x);
    for (int i = 0; i < x.size(); i++) {
      next.add(i, k.a() * x.get(i));
    }
    return next;
  }

  private static NdArray product(NdArray a, NdArray b) {
    int columns = b.dim(1);
    NdArray c = new NdArray(Shape.of(a.dim(0), columns));
    for (int i = 0; i < a.dim(0); i++) {
      for (int k = 0; k < a.dim(1); k++) {
        double factor = a.get(i * a.dim(1) + k);
        for (int j = 0; j < columns; j++) {
          c.add(i * columns + j, factor * b.get(k * columns + j));
        }
      }
    }
    return c;
  }

  private static NdArray transposed(NdArray a) {
    int rows = a.dim(0);
    int columns = a.dim(1);
    NdArray t = new NdArray(Shape.of(columns, rows));
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        t.set(j * rows + i, a.get(i * columns + j));
      }
    }
    return t;
  }
}
