package dev.quern.data;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Images moved and mirrored, all alike. */
record ViewedDataset(Dataset samples, TestTimeAugmentation.View view) implements DatasetView {
  @Override
  public void copyBytes(int index, ByteBuffer to) {
    byte[] image = samples.image(index);
    int[] places = places();
    for (int plane = 0; plane < image.length; plane += places.length) {
      for (int place : places) {
        to.put(image[plane + place]);
      }
    }
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    float[] image = samples.floats(index);
    int[] places = places();
    for (int plane = 0; plane < image.length; plane += places.length) {
      for (int place : places) {
        to.put(image[plane + place]);
      }
    }
  }

  /** Where in a plane of the image the values of a plane come from. */
  private int[] places() {
    int[] rows = shown(samples.shape().dim(1), view.down(), false);
    int[] columns = shown(samples.shape().dim(2), view.right(), view.mirrored());
    int[] places = new int[rows.length * columns.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = rows[i / columns.length] * columns.length + columns[i % columns.length];
    }
    return places;
  }

  /** Which row or column of the image each one shows. */
  private static int[] shown(long size, int by, boolean mirrored) {
    int[] places = new int[(int) size];
    for (int i = 0; i < places.length; i++) {
      int from = Math.abs((mirrored ? places.length - 1 - i : i) - by);
      places[i] = Math.min(from, 2 * (places.length - 1) - from);
    }
    return places;
  }

  @Override
  public String toString() {
    return DatasetRules.line(this);
  }
}
