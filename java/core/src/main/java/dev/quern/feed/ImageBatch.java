package dev.quern.feed;

import org.jspecify.annotations.Nullable;

/**
 * A batch of samples for a network: {@code order[from]} to {@code order[from + n - 1]}.
 *
 * @param orderOrNull indices of the samples in the data sets; null for the order of the data sets
 * @param movesOrNull augmentation of the first input's images; null for none
 * @param mixingOrNull mixing of the samples; null for none
 */
public record ImageBatch(
    NetworkData data,
    int[] orderOrNull,
    int from,
    int n,
    EpochAugmentation movesOrNull,
    @Nullable Mixing mixingOrNull) {
  public int image(int i) {
    return orderOrNull == null ? from + i : orderOrNull[from + i];
  }

  /** Returns the augmentation of an input; null for none. */
  public @Nullable EpochAugmentation movesOf(int input) {
    return input == 0 ? movesOrNull : null;
  }

  /** Returns whether the images of an input are augmented by crops and flips only. */
  public boolean isMoved(int input) {
    return movesOf(input) != null && movesOrNull.areNative() && !movesOrNull.areSteps();
  }

  /**
   * Returns whether the augmentations of an input are applied one after another, instead of
   * combined into one shift with a flip.
   */
  public boolean hasSteps(int input) {
    return movesOf(input) != null && movesOrNull.areSteps();
  }
}
