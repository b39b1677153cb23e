package dev.quern.io.torch;

/**
 * A run of elements that tensors lie in, named by a pickle and stored outside it.
 *
 * @param elements how many there are, at least 0
 */
record Storage(StorageType type, String key, long elements) {
  long bytes() {
    return Math.multiplyExact(elements, (long) type.bytes());
  }
}
