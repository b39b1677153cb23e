package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Constant folding: the computation of nodes whose inputs are all known at import. */
public final class Fold {
  /** The maximum number of elements of a result, since a file may contain a shape of any size. */
  static final long MOST_ELEMENTS = 1 << 27;

  /** A function that computes a node's outputs from its inputs; omitted inputs are null. */
  interface Rule {
    List<Const> compute(Node node, long opset, List<@Nullable Const> inputs);
  }

  private static final Map<String, Rule> RULES = new HashMap<>();

  static {
    ElementFolds.addTo(RULES);
    ShapeFolds.addTo(RULES);
    MatrixFolds.addTo(RULES);
    ReduceFolds.addTo(RULES);
    PoolFolds.addTo(RULES);
    SelectionFolds.addTo(RULES);
    ElementSelection.addTo(RULES);
    BitFolds.addTo(RULES);
    SignalFolds.addTo(RULES);
    SearchFolds.addTo(RULES);
    BoxFolds.addTo(RULES);
    RoiFolds.addTo(RULES);
    GridSampleFolds.addTo(RULES);
    ResizeFolds.addTo(RULES);
  }

  private Fold() {}

  /** Returns whether nodes of this operator can be folded. */
  public static boolean knows(String op) {
    return RULES.containsKey(op);
  }

  /**
   * Computes a node's outputs.
   *
   * @throws Refusal if the inputs do not match the operator
   */
  public static List<Const> compute(Node node, long opset, List<@Nullable Const> inputs) {
    Rule rule = RULES.get(node.op());
    if (rule == null) {
      throw new Refusal(node.op() + " of constants cannot be folded");
    }
    return rule.compute(node, opset, inputs);
  }

  /** Returns a required input of a node. */
  static Const given(Node node, List<@Nullable Const> inputs, int i) {
    Const c = i < inputs.size() ? inputs.get(i) : null;
    if (c == null) {
      throw new Refusal("input " + i + " is missing");
    }
    return c;
  }

  /**
   * Checks that a result is small enough to be computed at import, and returns its number of
   * elements.
   */
  static int size(long... dims) {
    Dims.rank(dims.length);
    long product = 1;
    for (long d : dims) {
      if (d < 0 || d > 0 && product > MOST_ELEMENTS / d) {
        throw new Refusal(
            "a constant of shape "
                + Arrays.toString(dims)
                + " has more than "
                + MOST_ELEMENTS
                + " elements");
      }
      product *= d;
    }
    return (int) product;
  }
}
