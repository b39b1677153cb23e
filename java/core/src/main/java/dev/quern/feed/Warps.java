package dev.quern.feed;

/**
 * Geometric transforms as 3x3 matrices in row-major order. A matrix maps pixels of the output image
 * to pixels of the input image, relative to the image centers.
 */
public final class Warps {
  private Warps() {}

  static double[] mirrored(boolean leftRight, boolean topBottom) {
    return new double[] {leftRight ? -1 : 1, 0, 0, 0, topBottom ? -1 : 1, 0, 0, 0, 1};
  }

  /** Returns the matrix product {@code a b}, the warp that applies {@code b} first. */
  static double[] product(double[] a, double[] b) {
    double[] c = new double[9];
    for (int i = 0; i < 9; i++) {
      int row = i / 3 * 3;
      c[i] = a[row] * b[i % 3] + a[row + 1] * b[3 + i % 3] + a[row + 2] * b[6 + i % 3];
    }
    return c;
  }

  static double[] shift(double x, double y) {
    return new double[] {1, 0, x, 0, 1, y, 0, 0, 1};
  }

  /**
   * Returns an affine warp around the center, as torchvision's {@code _get_inverse_affine_matrix}.
   *
   * @param degrees rotation in degrees, clockwise
   * @param shearX shear along x in degrees
   */
  public static double[] affine(double degrees, double x, double y, double scale, double shearX) {
    double turn = StrictMath.toRadians(degrees);
    double tan = StrictMath.tan(StrictMath.toRadians(shearX));
    double a = StrictMath.cos(turn);
    double b = -a * tan - StrictMath.sin(turn);
    double c = StrictMath.sin(turn);
    double d = -c * tan + a;
    double[] m = {d / scale, -b / scale, 0, -c / scale, a / scale, 0, 0, 0, 1};
    m[2] = -m[0] * x - m[1] * y;
    m[5] = -m[3] * x - m[4] * y;
    return m;
  }

  /** Returns the warp that enlarges a rectangle to the whole image. */
  static double[] crop(int height, int width, int top, int left, int rows, int columns) {
    double down = (double) rows / height;
    double right = (double) columns / width;
    double x = left + columns / 2.0 - width / 2.0;
    double y = top + rows / 2.0 - height / 2.0;
    return new double[] {right, 0, x, 0, down, y, 0, 0, 1};
  }

  /**
   * Returns the warp that moves the image's corners.
   *
   * @param to x and y of each new corner, clockwise from the top left
   */
  public static double[] perspective(int height, int width, int[] to) {
    int[] from = {0, 0, width - 1, 0, width - 1, height - 1, 0, height - 1};
    double[][] rows = new double[8][];
    for (int i = 0; i < 8; i += 2) {
      double x = to[i];
      double y = to[i + 1];
      double u = from[i];
      double v = from[i + 1];
      rows[i] = new double[] {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
      rows[i + 1] = new double[] {0, 0, 0, x, y, 1, -v * x, -v * y, v};
    }
    double[] solved = solve(rows);
    double[] m = new double[9];
    System.arraycopy(solved, 0, m, 0, 8);
    m[8] = 1;
    double x = width / 2.0;
    double y = height / 2.0;
    return product(shift(-x, -y), product(m, shift(x, y)));
  }

  /**
   * Solves linear equations by Gaussian elimination with pivoting; the last column is the
   * right-hand side.
   */
  private static double[] solve(double[][] rows) {
    int n = rows.length;
    for (int i = 0; i < n; i++) {
      int pivot = i;
      for (int k = i + 1; k < n; k++) {
        pivot = Math.abs(rows[k][i]) > Math.abs(rows[pivot][i]) ? k : pivot;
      }
      double[] row = rows[pivot];
      rows[pivot] = rows[i];
      rows[i] = row;
      for (int k = 0; k < n; k++) {
        double factor = k == i ? 0 : rows[k][i] / row[i];
        for (int j = i; factor != 0 && j <= n; j++) {
          rows[k][j] -= factor * row[j];
        }
      }
    }
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = rows[i][n] / rows[i][i];
    }
    return x;
  }
}
