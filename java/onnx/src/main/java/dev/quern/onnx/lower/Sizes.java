package dev.quern.onnx.lower;

import dev.quern.error.InvalidArgumentException;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Port;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dimensions of a graph's inputs. A free batch counts as one sample. Free heights and widths are
 * tried with two sizes, so that what depends on them is seen.
 */
final class Sizes {
  private static final long[] FIRST = {224, 256};
  private static final long[] SECOND = {320, 192};

  private final String source;
  private final Map<String, long[]> first = new LinkedHashMap<>();
  private final Map<String, long[]> second = new LinkedHashMap<>();

  Sizes(String source, Graph graph, Map<String, long[]> given) {
    this.source = source;
    for (String name : given.keySet()) {
      if (graph.inputs().stream().noneMatch(p -> p.name().equals(name))) {
        throw new InvalidArgumentException(
            "onnx: "
                + source
                + " has no input \""
                + name
                + "\", only "
                + graph.inputs().stream().map(Port::name).toList());
      }
    }
    for (Port port : graph.inputs()) {
      long[] own = given.get(port.name());
      if (own == null) {
        own = known(port);
      }
      long[] a = own.clone();
      long[] b = own.clone();
      for (int i = 0; i < own.length; i++) {
        if (own[i] < 0) {
          boolean side = own.length == 4 && i >= 2;
          if (i > 0 && !side) {
            throw needed("axis " + i + " of input \"" + port.name() + "\" is free");
          }
          a[i] = side ? FIRST[i - 2] : 1;
          b[i] = side ? SECOND[i - 2] : 1;
        }
      }
      first.put(port.name(), a);
      second.put(port.name(), b);
    }
  }

  private long[] known(Port port) {
    List<Long> dims = port.dims();
    if (dims == null) {
      throw needed("the shape of input \"" + port.name() + "\" is not in the file");
    }
    return dims.stream().mapToLong(Long::longValue).toArray();
  }

  Map<String, long[]> first() {
    return first;
  }

  Map<String, long[]> second() {
    return second;
  }

  boolean isFree() {
    return first.entrySet().stream()
        .anyMatch(e -> !Arrays.equals(e.getValue(), second.get(e.getKey())));
  }

  /** An image's shape with its free sides. */
  Shape freed(String port, Shape fixed) {
    long[] a = first.get(port);
    long[] b = second.get(port);
    if (a.length != 4 || fixed.rank() != 3) {
      return fixed;
    }
    return Shape.of(
        fixed.dim(0),
        a[2] == b[2] ? fixed.dim(1) : Shape.FREE,
        a[3] == b[3] ? fixed.dim(2) : Shape.FREE);
  }

  InvalidArgumentException needed(String why) {
    return new InvalidArgumentException(
        "onnx: " + source + ": " + why + "; give the input's size (OnnxReader.size, --size)");
  }
}
