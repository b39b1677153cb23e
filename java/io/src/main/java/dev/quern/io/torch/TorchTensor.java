package dev.quern.io.torch;

import dev.quern.error.FormatException;

/**
 * A tensor as a pickle describes it: a view of a storage.
 *
 * @param offset the index of the first element in the storage
 * @param size the size of each dimension, at least 0
 * @param stride the stride of each dimension in elements, at least 0
 */
record TorchTensor(Storage storage, long offset, long[] size, long[] stride) {
  private static final int MAX_RANK = 8;

  TorchTensor {
    if (size.length != stride.length || size.length > MAX_RANK) {
      throw new FormatException(
          "a tensor has "
              + size.length
              + " sizes and "
              + stride.length
              + " strides, expected equal numbers, at most "
              + MAX_RANK);
    }
    long count = count(size);
    if (offset < 0 || offset > storage.elements() || count > storage.elements()) {
      throw outside(storage);
    }
    long last = offset;
    for (int i = 0; i < size.length; i++) {
      if (count > 0) {
        last = Math.addExact(last, Math.multiplyExact(size[i] - 1, stride[i]));
      }
    }
    if (count > 0 && last >= storage.elements()) {
      throw outside(storage);
    }
  }

  private static long count(long... size) {
    long count = 1;
    for (long s : size) {
      count = Math.multiplyExact(count, s);
    }
    return count;
  }

  private static FormatException outside(Storage storage) {
    return new FormatException(
        "a tensor exceeds storage " + storage.key() + " of " + storage.elements() + " elements");
  }

  /**
   * Returns the tensor's values in row-major order.
   *
   * @param all the storage's values; returned without a copy if they are the tensor's values in
   *     this order
   */
  float[] of(float[] all) {
    int count = (int) count(size);
    if (isContiguous() && count == all.length) {
      return all;
    }
    float[] values = new float[count];
    long[] index = new long[size.length];
    long at = offset;
    for (int i = 0; i < count; i++) {
      values[i] = all[(int) at];
      for (int d = size.length - 1; d >= 0; d--) {
        at += stride[d];
        if (++index[d] < size[d]) {
          break;
        }
        at -= stride[d] * size[d];
        index[d] = 0;
      }
    }
    return values;
  }

  private boolean isContiguous() {
    long step = 1;
    for (int d = size.length - 1; d >= 0; d--) {
      if (size[d] != 1 && stride[d] != step) {
        return false;
      }
      step *= size[d];
    }
    return true;
  }
}
