package dev.quern.io.torch;

/**
 * A sequence of elements that tensors refer to, named in a pickle and stored outside it.
 *
 * @param elements the number of elements, at least 0
 */
record Storage(StorageType type, String key, long elements) {
  long bytes() {
    return Math.multiplyExact(elements, (long) type.bytes());
  }
}
