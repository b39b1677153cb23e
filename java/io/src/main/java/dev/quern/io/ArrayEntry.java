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
 * @param what the operation, file and array name, with which messages begin
 * @param type the element type; null if Quern does not support it
 * @param bytes a function that reads all elements of a U8 array
 * @param floats a function that reads all elements of a numeric array as floats
 * @param ints a function that reads all elements of an integer array
 * @param texts a function that reads all elements of a string array
 * @param place the position of the values in the file; null if the values are not stored
 *     contiguously in row-major order
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

  /** The position of an array's first value in a file. */
  record Place(Path file, long offset, ByteOrder order) {}
}
