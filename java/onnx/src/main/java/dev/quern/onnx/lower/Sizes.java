package dev.quern.onnx.lower;

import dev.quern.error.InvalidArgumentException;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Port;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The dimensions of a graph's inputs, of which batch, height and width may be dynamic. */
final class Sizes {
  private static final int IMAGE_AXES = 4;

  private final String source;
  private final Map<String, long[]> known = new LinkedHashMap<>();

  Sizes(String source, Graph graph, Map<String, long[]> given) {
    this.source = source;
    for (String name : given.keySet()) {
      if (graph.inputs().stream().noneMatch(p -> p.name().equals(name))) {
        throw new InvalidArgumentException(
            "onnx: "
                + source
                + ": unknown input \""
                + name
                + "\", found "
                + graph.inputs().stream().map(Port::name).toList());
      }
    }
    for (Port port : graph.inputs()) {
      long[] own = given.get(port.name());
      if (own == null) {
        own = known(port);
      }
      for (int i = 1; i < own.length; i++) {
        if (own[i] < 0 && !(own.length == IMAGE_AXES && i >= 2)) {
          throw needed("axis " + i + " of input \"" + port.name() + "\" is dynamic");
        }
      }
      known.put(port.name(), own.clone());
    }
  }

  private long[] known(Port port) {
    List<Long> dims = port.dims();
    if (dims == null) {
      throw needed("the shape of input \"" + port.name() + "\" is not in the file");
    }
    return dims.stream().mapToLong(Long::longValue).toArray();
  }

  /** Returns whether the first axis of an input is dynamic. */
  boolean hasFreeBatch() {
    return known.values().stream().anyMatch(d -> d.length > 0 && d[0] < 0);
  }

  /** Returns whether the height or width of an input is dynamic. */
  boolean hasFreeSides() {
    return known.values().stream()
        .anyMatch(d -> d.length > 1 && Arrays.stream(d, 1, d.length).anyMatch(s -> s < 0));
  }

  /**
   * Returns the dimensions, with these sizes instead of the dynamic ones. If one input has a
   * dynamic batch, another input's first axis of size 1 is also the batch.
   *
   * @throws InvalidArgumentException if the file does not declare the dimensions of an input
   */
  Map<String, long[]> at(long batch, long height, long width) {
    Map<String, long[]> all = new LinkedHashMap<>();
    boolean free = hasFreeBatch();
    known.forEach(
        (name, own) -> {
          long[] dims = own.clone();
          if (free && (dims.length == 0 || dims[0] > 1)) {
            throw needed(
                "input \"" + name + "\" of shape " + Arrays.toString(own) + " lacks a batch axis");
          }
          for (int i = 0; i < dims.length; i++) {
            long size = i == 0 ? batch : i == 2 ? height : width;
            dims[i] = dims[i] < 0 || i == 0 && free ? size : dims[i];
          }
          all.put(name, dims);
        });
    return all;
  }

  /** Returns the shape of an image input with its dynamic height and width restored. */
  Shape freed(String port, Shape fixed) {
    long[] own = known.get(port);
    if (own.length != IMAGE_AXES || fixed.rank() != IMAGE_AXES - 1) {
      return fixed;
    }
    return Shape.of(
        fixed.dim(0),
        own[2] < 0 ? Shape.FREE : fixed.dim(1),
        own[3] < 0 ? Shape.FREE : fixed.dim(2));
  }

  InvalidArgumentException needed(String why) {
    return new InvalidArgumentException(
        "onnx: " + source + ": " + why + "; give the input's size (OnnxReader.size, --size)");
  }
}
