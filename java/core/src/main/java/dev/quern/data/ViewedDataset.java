package dev.quern.data;

import dev.quern.tensor.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** A data set in which all images of another set are shifted and mirrored in the same way. */
record ViewedDataset(Dataset samples, TestTimeAugmentation.View view, Shape shape)
    implements DatasetView {
  @Override
  public void copyBytes(int index, ByteBuffer to) {
    byte[] image = samples.image(index);
    requireWhole(index, image == null ? 0 : image.length, to);
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
    requireWhole(index, image == null ? 0 : image.length, to);
    int[] places = places();
    for (int plane = 0; plane < image.length; plane += places.length) {
      for (int place : places) {
        to.put(image[plane + place]);
      }
    }
  }

  /** Checks the length of a custom set's array, and the space in the buffer. */
  private void requireWhole(int index, int length, Buffer to) {
    int each = DatasetRules.each(name(), shape);
    DatasetRules.requireLength(name(), index, length, each);
    DatasetRules.requireRoom(name(), each, to);
  }

  /** Returns the source position of each pixel within a channel's plane. */
  private int[] places() {
    int[] rows = shown(shape.dim(1), view.down(), false);
    int[] columns = shown(shape.dim(2), view.right(), view.mirrored());
    int[] places = new int[rows.length * columns.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = rows[i / columns.length] * columns.length + columns[i % columns.length];
    }
    return places;
  }

  /** Returns the source index of each row or column. */
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
