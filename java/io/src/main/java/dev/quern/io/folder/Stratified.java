package dev.quern.io.folder;

import dev.quern.data.RandomNumbers;
import java.util.ArrayList;
import java.util.List;

/** A stratified split of images by a ratio, applied to each class separately. */
public final class Stratified {
  private Stratified() {}

  /**
   * Returns for each image whether it is held out. A class with two or more images has at least one
   * image on each side, unless the fraction is 0 or 1.
   *
   * @param labels the label of each image
   * @param part the fraction that is not held out, from 0 to 1
   */
  public static boolean[] heldOut(int[] labels, int classes, double part, long seed) {
    List<List<Integer>> byClass = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      byClass.add(new ArrayList<>());
    }
    for (int i = 0; i < labels.length; i++) {
      byClass.get(labels[i]).add(i);
    }
    boolean[] out = new boolean[labels.length];
    for (int c = 0; c < classes; c++) {
      List<Integer> own = byClass.get(c);
      RandomNumbers random = RandomNumbers.of(seed, c, 0);
      int count = count(own.size(), part);
      for (int k = 0; k < count; k++) { // the first steps of a shuffle
        int other = k + random.below(own.size() - k);
        int picked = own.get(other);
        own.set(other, own.get(k));
        out[picked] = true;
      }
    }
    return out;
  }

  private static int count(int size, double part) {
    int count = (int) Math.round(size * (1 - part));
    boolean some = part > 0 && part < 1 && size > 1;
    return some ? Math.max(1, Math.min(size - 1, count)) : count;
  }
}
