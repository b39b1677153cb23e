package dev.quern.init;

import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, computed by the cyclic Jacobi method,
 * largest eigenvalue first. Golub and Van Loan, "Matrix Computations", section 8.5.
 *
 * @param values the eigenvalues
 * @param vectors the unit eigenvectors, one per row
 */
record SymmetricEigen(double[] values, double[][] vectors) {
  /** Maximum number of sweeps. Convergence is quadratic: 6 to 10 sweeps are usually enough. */
  private static final int SWEEPS = 50;

  static SymmetricEigen of(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][];
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
      v[i][i] = 1;
    }
    boolean rotated = true;
    for (int sweep = 0; rotated && sweep < SWEEPS; sweep++) {
      rotated = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          // an element smaller than the diagonal's rounding error counts as zero
          if (Math.abs(a[p][q]) > 1e-17 * (Math.abs(a[p][p]) + Math.abs(a[q][q]))) {
            rotate(a, v, p, q);
            rotated = true;
          }
        }
      }
    }
    return sorted(a, v);
  }

  /** Rotates in the plane of p and q so that a[p][q] becomes zero; v accumulates the rotations. */
  private static void rotate(double[][] a, double[][] v, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (double[] row : a) {
      double rp = row[p];
      row[p] = c * rp - s * row[q];
      row[q] = s * rp + c * row[q];
    }
    turn(a[p], a[q], c, s);
    turn(v[p], v[q], c, s);
    a[p][q] = 0;
    a[q][p] = 0;
  }

  private static void turn(double[] x, double[] y, double c, double s) {
    for (int i = 0; i < x.length; i++) {
      double xi = x[i];
      x[i] = c * xi - s * y[i];
      y[i] = s * xi + c * y[i];
    }
  }

  private static SymmetricEigen sorted(double[][] a, double[][] v) {
    int[] order =
        IntStream.range(0, a.length)
            .boxed()
            .sorted((i, j) -> Double.compare(a[j][j], a[i][i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] values = new double[a.length];
    double[][] vectors = new double[a.length][];
    for (int i = 0; i < order.length; i++) {
      values[i] = a[order[i]][order[i]];
      vectors[i] = v[order[i]];
    }
    return new SymmetricEigen(values, vectors);
  }
}
