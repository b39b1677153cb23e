package dev.quern.data;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Images moved and mirrored, all alike. */
record ViewedDataset(Dataset samples, TestTimeAugmentation.View view) implements DatasetView {
  @Override
  public void copyBytes(int index, ByteBuffer to) {
    byte[] image = samples.image(index);
    int[] rows = shown(samples.shape().dim(1), view.down(), false);
    int[] columns = shown(samples.shape().dim(2), view.right(), view.mirrored());
    for (int plane = 0; plane < image.length; plane += rows.length * columns.length) {
      for (int row : rows) {
        for (int column : columns) {
          to.put(image[plane + row * columns.length + column]);
        }
      }
    }
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    float[] image = samples.floats(index);
    int[] rows = shown(samples.shape().dim(1), view.down(), false);
    int[] columns = shown(samples.shape().dim(2), view.right(), view.mirrored());
    for (int plane = 0; plane < image.length; plane += rows.length * columns.length) {
      for (int row : rows) {
        for (int column : columns) {
          to.put(image[plane + row * columns.length + column]);
        }
      }
    }
  }

  /** Which place of the image each place shows. */
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
