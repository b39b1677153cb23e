package dev.quern.pose;

import dev.quern.pose.HeatMapPose.Refinement;

/**
 * Decoding of heat maps straight from the formulas, on whole arrays: the Gaussian is a
 * two-dimensional sum over the map within a border of zeros, derivatives are matrices.
 */
final class SlowPose {
  private SlowPose() {}

  /** Returns x, y and score in cells of the map. */
  static double[] heatMap(double[][] map, Refinement refinement, int blur) {
    int height = map.length;
    int width = map[0].length;
    int bestX = 0;
    int bestY = 0;
    for (int y = height - 1; y >= 0; y--) {
      for (int x = width - 1; x >= 0; x--) {
        if (map[y][x] >= map[bestY][bestX]) {
          bestX = x;
          bestY = y;
        }
      }
    }
    double[] peak = {bestX, bestY, map[bestY][bestX]};
    if (peak[2] <= 0) {
      return peak;
    }
    if (refinement == Refinement.QUARTER_SHIFT) {
      if (1 < bestX && bestX < width - 1 && 1 < bestY && bestY < height - 1) {
        peak[0] += Math.signum(map[bestY][bestX + 1] - map[bestY][bestX - 1]) / 4;
        peak[1] += Math.signum(map[bestY + 1][bestX] - map[bestY - 1][bestX]) / 4;
      }
      return peak;
    }
    boolean dark = refinement == Refinement.DARK;
    if (dark && (bestX < 2 || bestX >= width - 2 || bestY < 2 || bestY >= height - 2)) {
      return peak;
    }
    double[][] l = logarithm(map, blur, peak[2], dark ? 1e-10 : 1e-3, dark ? 1e300 : 50);
    if (l.length == 0) {
      return peak;
    }
    int x = bestX + 2; // within a border of two cells
    int y = bestY + 2;
    double dx = 0.5 * (l[y][x + 1] - l[y][x - 1]);
    double dy = 0.5 * (l[y + 1][x] - l[y - 1][x]);
    double[][] h = new double[2][2];
    if (dark) {
      h[0][0] = 0.25 * (l[y][x + 2] - 2 * l[y][x] + l[y][x - 2]);
      h[1][1] = 0.25 * (l[y + 2][x] - 2 * l[y][x] + l[y - 2][x]);
      h[0][1] = 0.25 * (l[y + 1][x + 1] - l[y - 1][x + 1] - l[y + 1][x - 1] + l[y - 1][x - 1]);
    } else {
      h[0][0] = l[y][x + 1] - 2 * l[y][x] + l[y][x - 1] + 1.1920929e-7;
      h[1][1] = l[y + 1][x] - 2 * l[y][x] + l[y - 1][x] + 1.1920929e-7;
      h[0][1] =
          0.5
              * (l[y + 1][x + 1]
                  - l[y][x + 1]
                  - l[y + 1][x]
                  + 2 * l[y][x]
                  - l[y][x - 1]
                  - l[y - 1][x]
                  + l[y - 1][x - 1]);
    }
    double determinant = h[0][0] * h[1][1] - h[0][1] * h[0][1];
    if (determinant != 0) {
      peak[0] -= h[1][1] / determinant * dx - h[0][1] / determinant * dy;
      peak[1] -= h[0][0] / determinant * dy - h[0][1] / determinant * dx;
    }
    return peak;
  }

  /** With the nearest cell repeated in a border of two cells; empty if nothing is above 0. */
  private static double[][] logarithm(
      double[][] map, int blur, double most, double least, double limit) {
    int height = map.length;
    int width = map[0].length;
    double deviation = 0.3 * ((blur - 1) / 2.0 - 1) + 0.8;
    double[][] blurred = new double[height][width];
    double highest = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        double weights = 0;
        for (int j = -blur / 2; j <= blur / 2; j++) {
          for (int i = -blur / 2; i <= blur / 2; i++) {
            double weight = Math.exp(-(i * i + j * j) / (2 * deviation * deviation));
            boolean inside = y + j >= 0 && y + j < height && x + i >= 0 && x + i < width;
            sum += inside ? weight * map[y + j][x + i] : 0;
            weights += weight;
          }
        }
        blurred[y][x] = sum / weights;
        highest = Math.max(highest, blurred[y][x]);
      }
    }
    if (highest == 0) {
      return new double[0][];
    }
    double[][] all = new double[height + 4][width + 4];
    for (int y = 0; y < height + 4; y++) {
      for (int x = 0; x < width + 4; x++) {
        int row = Math.min(height - 1, Math.max(0, y - 2));
        int column = Math.min(width - 1, Math.max(0, x - 2));
        double scaled = blurred[row][column] * most / highest;
        all[y][x] = Math.log(Math.min(limit, Math.max(least, scaled)));
      }
    }
    return all;
  }
}
