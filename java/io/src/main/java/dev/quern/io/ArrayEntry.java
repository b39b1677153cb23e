package dev.quern.io;

import dev.quern.tensor.Shape;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An array in a file of whatever format.
 *
 * @param what operation, file and name, for messages
 * @param type null where it is none that is read
 * @param bytes reads U8
 * @param floats reads numbers of any type
 * @param ints reads whole numbers
 * @param texts reads a list of text
 * @param place of its values, last dimension fastest; null where they do not lie so
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

  /** Where values begin in a file. */
  record Place(Path file, long offset, ByteOrder order) {}
}
