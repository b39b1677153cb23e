package dev.quern.feed;

import org.jspecify.annotations.Nullable;

/**
 * The samples {@code order[from]} to {@code order[from + n - 1]} of what a network is fed from.
 *
 * @param orderOrNull null for the sets' own order
 * @param movesOrNull null for images as they are; else those of the first input are moved
 * @param mixingOrNull how samples are mixed with each other; null where they are not
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

  /** How samples of an input are changed; null where they are not. */
  public @Nullable EpochAugmentation movesOf(int input) {
    return input == 0 ? movesOrNull : null;
  }

  /** Whether images of an input are cropped or flipped and nothing else. */
  public boolean isMoved(int input) {
    return movesOf(input) != null && movesOrNull.areNative() && !movesOrNull.areSteps();
  }

  /** Whether images of an input go through steps. */
  public boolean hasSteps(int input) {
    return movesOf(input) != null && movesOrNull.areSteps();
  }
}
