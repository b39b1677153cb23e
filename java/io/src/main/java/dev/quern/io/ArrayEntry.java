package dev.quern.io;

import dev.quern.tensor.Shape;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An array in a file, independent of the file's format.
 *
 * @param what operation, file and name, for messages
 * @param type element type; null if it is not supported
 * @param bytes reads U8
 * @param floats reads numbers of any type
 * @param ints reads integers
 * @param texts reads a list of strings
 * @param place position of the values in the file, last dimension fastest; null if they are not
 *     stored contiguously in that order
 */
record ArrayEntry(
    String name,
    String what,
    @Nullable ArrayType type,
    Shape shape,
    Supplier<byte[]> bytes,
    Supplier<float[]> floats,
    Supplier<int[]> ints,
    Supplier<List<String>> texts,
    @Nullable Place place) {

  /** Position of the first value in a file. */
  record Place(Path file, long offset, ByteOrder order) {}
}
