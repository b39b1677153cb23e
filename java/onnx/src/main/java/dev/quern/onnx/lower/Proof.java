package dev.quern.onnx.lower;

import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A proof that a graph's layers are correct for every dynamic size and batch size that its file
 * allows.
 *
 * <p>Batch: with a batch of two, no node may mix samples, see {@link Lowering}; with a batch of
 * three, the layers must be identical.
 *
 * <p>Sizes: sums and rounded quotients of a height are linear over each {@link Periods period}, the
 * product of strides and divisors. The graph is converted at as many consecutive sizes as the
 * period, so that each remainder modulo the period occurs for height and width, and at much larger
 * sizes. If the layers are equal at all of these sizes, they are equal at any size. {@link Origins}
 * rejects sizes that are not linear.
 */
final class Proof {
  /** The maximum period (product of strides and divisors); detectors with seven levels reach it. */
  private static final long LONGEST_PERIOD = 128;

  private static final String NOT_FOLLOWED =
      "height or width is dynamic, but layers depend on it: ";

  private static final String SIZES = "from size to size";

  /**
   * The maximum product of the number of nodes and the number of sizes; limits the time for a
   * malicious file.
   */
  private static final long MOST_NODES = 1 << 19;

  private static final int BATCH = 2;
  private static final int HEIGHT = 224;
  private static final int WIDTH = 256;
  private static final int FAR_HEIGHT = 480;
  private static final int FAR_WIDTH = 608;

  /** A function that converts a graph at given sizes of its inputs. */
  interface Walker {
    /**
     * Converts a graph to layers.
     *
     * @param lead see {@link Lowering}; -1 to try both values
     * @throws RefusedNodes if the graph has nodes that are not supported
     */
    Importer.Walk walk(
        Graph graph, Map<String, long[]> dims, int lead, @Nullable Map<String, long[]> elsewhere);
  }

  private final Graph graph;
  private final Graph hollow;
  private final Sizes sizes;
  private final Walker walker;
  private final int lead;

  Proof(Graph graph, Sizes sizes, Walker walker) {
    this.graph = graph;
    this.hollow = hollow(graph);
    this.sizes = sizes;
    this.walker = walker;
    this.lead = sizes.hasFreeBatch() ? 1 : -1;
  }

  /**
   * Returns the graph with its weights replaced by shared zeros, since their values do not
   * influence the result.
   */
  private static Graph hollow(Graph g) {
    Map<Integer, float[]> zeros = new HashMap<>();
    Map<String, Const> constants = new HashMap<>();
    g.constants().forEach((name, c) -> constants.put(name, c.hollow(zeros)));
    return new Graph(
        g.name(), g.opset(), g.nodes(), constants, g.inputs(), g.outputs(), g.metadata());
  }

  /**
   * Returns layers that are correct for all sizes.
   *
   * @throws InvalidArgumentException if no layers are correct for all sizes; the message names the
   *     node that prevents it
   * @throws RefusedNodes if there are nodes that are not supported at any size
   */
  Importer.Walk walk() {
    Importer.Walk far = far(BATCH);
    if (sizes.hasFreeBatch()) {
      requireSame(far, far(BATCH + 1), "with the number of samples");
    }
    if (!sizes.hasFreeSides()) {
      return walker.walk(graph, sizes.at(BATCH, HEIGHT, WIDTH), lead, null);
    }
    Map<String, long[]> elsewhere = far.lowering().dims();
    long period = period(far);
    Importer.Walk first = near(hollow, 0, period, elsewhere);
    requireSame(first, free(hollow, FAR_HEIGHT, FAR_WIDTH, first.lowering().dims()), SIZES);
    period = period(first);
    for (int i = 1; i < period; i++) {
      requireSame(first, near(hollow, i, period, elsewhere), SIZES);
    }
    return near(graph, 0, period, elsewhere);
  }

  /**
   * Converts the graph at sizes far from the other sizes; if this fails, the graph may fail at
   * every size.
   */
  private Importer.Walk far(int batch) {
    try {
      return walker.walk(hollow, sizes.at(batch, FAR_HEIGHT, FAR_WIDTH), lead, null);
    } catch (RefusedNodes e) {
      RefusedNodes near = refused(1, HEIGHT, WIDTH);
      if (near != null && near.all().equals(e.all())) {
        throw near;
      }
      boolean mixes = sizes.hasFreeBatch() && refused(1, FAR_HEIGHT, FAR_WIDTH) == null;
      throw sizes.needed(
          (mixes
                  ? "the first axis of an input is dynamic, but samples are not independent: "
                  : NOT_FOLLOWED)
              + e.getMessage());
    }
  }

  /** Returns the exception with which the conversion at a size fails; null if it succeeds. */
  private @Nullable RefusedNodes refused(int batch, int height, int width) {
    try {
      walker.walk(hollow, sizes.at(batch, height, width), -1, null);
      return null;
    } catch (RefusedNodes e) {
      return e;
    }
  }

  private Importer.Walk near(Graph of, int i, long period, Map<String, long[]> elsewhere) {
    return free(of, HEIGHT + i, WIDTH + (int) period - i, elsewhere);
  }

  private Importer.Walk free(Graph of, int height, int width, Map<String, long[]> elsewhere) {
    try {
      return walker.walk(of, sizes.at(BATCH, height, width), lead, elsewhere);
    } catch (RefusedNodes e) {
      throw sizes.needed(NOT_FOLLOWED + e.getMessage());
    }
  }

  private long period(Importer.Walk walk) {
    long period = walk.lowering().parts().periods.common();
    if (period > LONGEST_PERIOD) {
      throw sizes.needed(
          "height or width is dynamic, and the product of strides is "
              + period
              + ", more than "
              + LONGEST_PERIOD);
    }
    long nodes = graph.nodes().stream().mapToLong(Node::count).sum();
    if (period * nodes > MOST_NODES) {
      throw sizes.needed(
          "height or width is dynamic, and "
              + nodes
              + " nodes at "
              + period
              + " sizes are too many to compare");
    }
    return period;
  }

  private void requireSame(Importer.Walk one, Importer.Walk other, String differs) {
    List<Network.Node> a = List.copyOf(one.lowering().parts().nodes.values());
    List<Network.Node> b = List.copyOf(other.lowering().parts().nodes.values());
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      if (i >= a.size() || i >= b.size() || !a.get(i).equals(b.get(i))) {
        String name = (i < a.size() ? a : b).get(i).name();
        throw sizes.needed("layer " + name + " differs " + differs);
      }
    }
    one.lowering()
        .parts()
        .weights
        .forEach(
            (name, values) -> {
              if (!Arrays.equals(values, other.lowering().parts().weights.get(name))) {
                throw sizes.needed("weight " + name + " differs " + differs);
              }
            });
    if (!one.outputs().equals(other.outputs())) {
      throw sizes.needed("outputs differ " + differs);
    }
  }
}
