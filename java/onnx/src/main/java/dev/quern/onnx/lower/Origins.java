package dev.quern.onnx.lower;

import dev.quern.onnx.fold.Fold;
import dev.quern.onnx.fold.Index;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tracker of how numbers depend on dynamic sizes. Each number is fixed, is the height or width of
 * a value, is a linear function of heights and widths, or depends on heights and widths in another
 * way. Numbers are tracked through the file's shape arithmetic.
 */
final class Origins {
  /** The height or width of a value, given by the axis. */
  record Side(Value of, int axis) {}

  /**
   * The mark of a number that does not depend on dynamic sizes. Marks from {@link #SIDES} on
   * identify heights or widths.
   */
  private static final long FIXED = 0;

  private static final long EVEN = 1;
  private static final long UNEVEN = 2;
  private static final long SIDES = 3;

  private static final Set<String> MOVING =
      Set.of(
          "Gather",
          "Concat",
          "Slice",
          "Split",
          "Transpose",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Identity",
          "Expand",
          "Tile",
          "Dropout");

  private static final Set<String> EVEN_FUNCTIONS =
      Set.of("Add", "Sub", "Sum", "Neg", "Mul", "Div", "Floor", "Ceil", "Cast");

  /** The marks of a value whose elements all depend on sizes in a nonlinear way. */
  private static final Const ALL_UNEVEN = Const.of(UNEVEN);

  /**
   * The maximum denominator of a factor, and the maximum number of factors of a node; beyond this
   * limit, a size counts as nonlinear.
   */
  private static final int MOST_PARTS = 64;

  private final Map<String, long[]> elsewhere;
  private final Periods periods;
  private final List<Side> sides = new ArrayList<>();

  /** The marks of values by name: int64 constants of the values' shapes. */
  private final Map<String, Const> known = new HashMap<>();

  /**
   * Creates a tracker.
   *
   * @param elsewhere the dimensions of the graph's values at other dynamic sizes
   * @param periods receives the periods of values that are computed from sizes
   */
  Origins(Map<String, long[]> elsewhere, Periods periods) {
    this.elsewhere = elsewhere;
    this.periods = periods;
  }

  /** Returns whether the size of a value along an axis depends on dynamic sizes. */
  boolean isFree(String value, long[] dims, int axis) {
    long[] other = elsewhere.get(value);
    return other != null && other.length == dims.length && other[axis] != dims[axis];
  }

  /** Returns whether any element of a value depends on dynamic sizes. */
  boolean isSized(String value) {
    return known.containsKey(value);
  }

  /** Returns whether any element of a value depends on dynamic sizes in a nonlinear way. */
  boolean isUneven(String value) {
    return isSized(value) && Arrays.stream(known.get(value).longs()).anyMatch(m -> m == UNEVEN);
  }

  /** Returns the height or width to which an element of a value is equal; null if there is none. */
  @Nullable Side side(String value, int index) {
    Const all = known.get(value);
    long what = all == null || all == ALL_UNEVEN ? FIXED : all.longs()[index];
    return what >= SIDES ? sides.get((int) (what - SIDES)) : null;
  }

  /** Returns whether the element of a value at an index depends on dynamic sizes. */
  boolean isSized(String value, int index) {
    Const all = known.get(value);
    return all != null && (all == ALL_UNEVEN || all.longs()[index] != FIXED);
  }

  private boolean reads(Node node, int i) {
    return node.hasInput(i) && isSized(node.inputs().get(i));
  }

  private boolean readsAny(Node node, int from) {
    for (int i = from; i < node.inputs().size(); i++) {
      if (reads(node, i)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Records how the outputs of a folded node depend on dynamic sizes.
   *
   * @param in the node's inputs
   * @param out the node's computed outputs
   */
  void folded(Node node, long opset, List<@Nullable Operand> in, List<Const> out) {
    if (node.op().equals("Shape") || node.op().equals("Size")) {
      Const marks = ofShape(node, in.get(0));
      put(node, 0, node.op().equals("Shape") ? shape(node, opset, marks) : size(marks));
      return;
    }
    if (!readsAny(node, 0)) {
      return;
    }
    long period = 1;
    for (String input : node.inputs()) {
      period = Periods.multiple(period, periods.value(input));
    }
    List<Const> marks = marks(node, opset, in, out);
    for (int i = 0; i < marks.size() && i < out.size(); i++) {
      put(node, i, marks.get(i));
      if (node.hasOutput(i)) {
        periods.value(node.outputs().get(i), period * Math.max(1, parts(node, in)));
      }
    }
  }

  private void put(Node node, int i, Const marks) {
    if (node.hasOutput(i) && Arrays.stream(marks.longs()).anyMatch(m -> m != FIXED)) {
      String name = node.outputs().get(i);
      known.put(name, marks);
      for (long m : marks.longs()) {
        if (m >= SIDES) {
          periods.value(name, periods.layer(sides.get((int) (m - SIDES)).of().node()));
        }
      }
    }
  }

  /** Returns the mark of each dimension of a node's first input. */
  private Const ofShape(Node node, @Nullable Operand x) {
    long[] dims = x == null ? new long[0] : x.dims();
    long[] marks = new long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      boolean free = isFree(node.inputs().get(0), dims, i);
      marks[i] = !free ? FIXED : x instanceof Value v ? side(v, i) : UNEVEN;
    }
    return Const.of(marks);
  }

  private long side(Value of, int axis) {
    sides.add(new Side(of, axis));
    return SIDES + sides.size() - 1;
  }

  /** Returns the marks of those dimensions that a Shape node's attributes select. */
  private static Const shape(Node node, long opset, Const marks) {
    return Fold.compute(node, opset, List.of(Const.of(marks.longs(), new float[0]))).get(0);
  }

  private static Const size(Const marks) {
    boolean free = Arrays.stream(marks.longs()).anyMatch(m -> m != FIXED);
    return Const.of(Types.INT64, new long[0], free ? UNEVEN : FIXED);
  }

  private List<Const> marks(Node node, long opset, List<@Nullable Operand> in, List<Const> out) {
    boolean concat = node.op().equals("Concat");
    if (node.inputs().stream().anyMatch(name -> known.get(name) == ALL_UNEVEN)) {
      return Collections.nCopies(out.size(), ALL_UNEVEN);
    }
    if (MOVING.contains(node.op()) && (concat || !readsAny(node, 1))) {
      List<@Nullable Const> moved = new ArrayList<>();
      for (int i = 0; i < in.size(); i++) {
        moved.add(concat || i == 0 ? marks(node, in, i) : (Const) in.get(i));
      }
      return Fold.compute(node, opset, moved);
    }
    boolean truth = out.get(0).type() == Types.BOOL;
    if (EVEN_FUNCTIONS.contains(node.op()) && !truth && parts(node, in) > 0) {
      return List.of(even(node, in, out.get(0)));
    }
    return Collections.nCopies(out.size(), ALL_UNEVEN);
  }

  private Const marks(Node node, List<@Nullable Operand> in, int i) {
    Const c = (Const) in.get(i);
    if (c == null) {
      throw new Refusal("input " + i + " is missing");
    }
    return reads(node, i) ? known.get(node.inputs().get(i)) : filled(c.dims(), FIXED);
  }

  private static Const filled(long[] dims, long mark) {
    long[] all = new long[(int) Dims.elements(dims)];
    Arrays.fill(all, mark);
    return Const.of(Types.INT64, dims, all);
  }

  /**
   * Returns the marks of the result of a sum of sizes, or of sizes times constants, rounded or not.
   */
  private Const even(Node node, List<@Nullable Operand> in, Const out) {
    boolean product = node.op().equals("Mul") || node.op().equals("Div");
    boolean same = node.op().equals("Cast");
    long[] made = new long[(int) out.elements()];
    for (int i = 0; i < in.size(); i++) {
      long[] own = Index.broadcast(marks(node, in, i), out.dims()).longs();
      for (int k = 0; k < made.length; k++) {
        boolean both = made[k] != FIXED && own[k] != FIXED;
        boolean divides = own[k] != FIXED && i > 0 && node.op().equals("Div");
        if (own[k] == UNEVEN || made[k] == UNEVEN || product && both || divides) {
          made[k] = UNEVEN;
        } else if (own[k] != FIXED) {
          made[k] = same ? own[k] : EVEN;
        }
      }
    }
    return Const.of(Types.INT64, out.dims(), made);
  }

  /**
   * Returns the factor by which a node multiplies the period, the common denominator of its
   * constants; 0 if it is unknown.
   */
  private long parts(Node node, List<@Nullable Operand> in) {
    boolean divides = node.op().equals("Div");
    if (!divides && !node.op().equals("Mul")) {
      return 1;
    }
    long parts = 1;
    for (int i = 0; i < in.size(); i++) {
      if (!reads(node, i) && in.get(i) instanceof Const c) {
        if (c.elements() > MOST_PARTS) {
          return 0;
        }
        for (float factor : c.floats()) {
          parts = Periods.multiple(parts, denominator(divides ? 1.0 / factor : factor));
        }
      }
    }
    return parts;
  }

  private static long denominator(double factor) {
    for (int parts = 1; parts <= MOST_PARTS; parts++) {
      double whole = factor * parts;
      if (Math.rint(whole) != 0 && Math.abs(whole - Math.rint(whole)) < 1e-6) {
        return parts;
      }
    }
    return 0;
  }
}
