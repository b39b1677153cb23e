package dev.quern.plan;

/**
 * The images {@code order[from]} to {@code order[from + n - 1]} of a data set.
 *
 * @param orderOrNull null for the data set's own order
 * @param movesOrNull null for images as they are
 */
public record ImageBatch(Samples data, int[] orderOrNull, int from, int n, Moves movesOrNull) {
  int image(int i) {
    return orderOrNull == null ? from + i : orderOrNull[from + i];
  }
}
