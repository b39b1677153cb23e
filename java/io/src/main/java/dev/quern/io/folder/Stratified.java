package dev.quern.io.folder;

import dev.quern.data.RandomNumbers;
import java.util.ArrayList;
import java.util.List;

/** Divides pictures by a ratio, each class by itself. */
public final class Stratified {
  private Stratified() {}

  /**
   * Which pictures are held out. Of a class of two or more at least one stays on each side, unless
   * all or none are wanted.
   *
   * @param labels of each picture
   * @param part from 0 to 1: how much is not held out
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
