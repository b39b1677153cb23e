package dev.quern.plan;

/**
 * The images {@code order[from]} to {@code order[from + n - 1]} of a data set.
 *
 * @param movesOrNull null for images as they are
 */
public record ImageBatch(Samples data, int[] order, int from, int n, Moves movesOrNull) {
  int image(int i) {
    return order[from + i];
  }
}
