package dev.quern.io;

import dev.quern.tensor.Shape;

/**
 * The conversion of arrays from column-major order, in which the first dimension varies fastest.
 */
final class NumpyColumns {
  /** Moves the element at index {@code from} to index {@code to}. */
  interface Move {
    void move(int to, int from);
  }

  private NumpyColumns() {}

  /** Moves each element from its column-major index to its row-major index. */
  static void inRows(Shape shape, Move move) {
    int rank = shape.rank();
    int[] steps = new int[rank];
    int step = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      steps[axis] = step;
      step *= (int) shape.dim(axis);
    }
    int[] at = new int[rank];
    int place = 0;
    for (int i = 0; i < step; i++) {
      move.move(place, i);
      for (int axis = 0; axis < rank; axis++) { // the first dimension varies fastest
        place += steps[axis];
        if (++at[axis] < shape.dim(axis)) {
          break;
        }
        place -= at[axis] * steps[axis];
        at[axis] = 0;
      }
    }
  }
}
