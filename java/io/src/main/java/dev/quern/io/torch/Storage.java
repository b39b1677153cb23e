package dev.quern.io.torch;

/**
 * A PyTorch storage: a sequence of elements that is named in a pickle, stored outside it, and
 * shared by tensors.
 *
 * @param elements the number of elements, at least 0
 */
record Storage(StorageType type, String key, long elements) {
  long bytes() {
    return Math.multiplyExact(elements, (long) type.bytes());
  }
}
