package dev.quern.onnx.lower;

import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Sum;
import dev.quern.onnx.fold.Index;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Equation;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rule for Einsum of one or two inputs, which is decomposed into sums, MatMul, Mul and
 * Transpose. Axes that occur in only one input and not in the result are summed first. The rest is
 * a matrix product if an axis of both inputs is missing in the result, otherwise an elementwise
 * product.
 */
final class EinsumRules {
  private EinsumRules() {}

  /** An input of Einsum and the labels of its axes. */
  private record Term(Operand of, List<Integer> labels) {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Einsum", EinsumRules::lower);
  }

  private static void lower(Site s) {
    int count = s.node.inputs().size();
    if (count < 1 || count > 2) {
      throw new Refusal("it has " + count + " inputs, expected 1 or 2");
    }
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operands.add(s.isConstant(i) ? s.constant(i, "it") : s.value(i));
    }
    Equation e = Equation.of(s.attributes().text("equation", ""), operands);
    List<List<Integer>> labels = e.terms();
    Term first = summed(s, new Term(operands.get(0), labels.get(0)), kept(e, count < 2 ? 0 : 1));
    if (count == 1) {
      s.out(0, s.value(turned(s, first, e.to())));
      return;
    }
    Term second = summed(s, new Term(operands.get(1), labels.get(1)), kept(e, 0));
    boolean matrices = first.labels.stream().anyMatch(l -> !e.to().contains(l));
    s.out(0, matrices ? product(s, e, first, second) : elements(s, e, first, second));
  }

  /** Returns the labels of a term that also occur in the result or in the other term. */
  private static List<Integer> kept(Equation e, int other) {
    return Stream.concat(
            e.to().stream(), e.terms().size() < 2 ? Stream.of() : e.terms().get(other).stream())
        .distinct()
        .toList();
  }

  /** Returns the term, summed over the axes that occur in neither the result nor the other term. */
  private static Term summed(Site s, Term t, List<Integer> kept) {
    List<Integer> left = t.labels.stream().filter(kept::contains).toList();
    if (left.size() == t.labels.size()) {
      return t;
    }
    Value x = s.value(t.of);
    int[] over =
        IntStream.range(0, x.rank()).filter(i -> !kept.contains(t.labels.get(i))).toArray();
    Site.Form in = s.form(x, over);
    Sum sum = new Sum(Arrays.stream(over).map(in::axis).boxed().toList(), true);
    long[] dims = left.stream().mapToLong(l -> x.dims()[t.labels.indexOf(l)]).toArray();
    return new Term(s.made(s.layer(sum, in.node()), dims), left);
  }

  /** Returns the term's value with its axes in the given order. */
  private static Operand turned(Site s, Term t, List<Integer> order) {
    if (order.equals(t.labels)) {
      return t.of;
    }
    int[] perm = order.stream().mapToInt(t.labels::indexOf).toArray();
    return t.of instanceof Const c
        ? Index.transpose(c, perm)
        : ShapeRules.transposed(s, (Value) t.of, perm);
  }

  private static Operand shaped(Site s, Operand o, long[] dims) {
    return o instanceof Const c ? c.as(dims) : s.made(((Value) o).node(), dims);
  }

  /**
   * Returns the elementwise product of two terms, each aligned with the result by axes of size 1
   * for missing labels.
   */
  private static Value elements(Site s, Equation e, Term first, Term second) {
    return ArithmeticRules.broadcast(
        s, new Multiply(), aligned(s, e, first), aligned(s, e, second));
  }

  private static Operand aligned(Site s, Equation e, Term t) {
    List<Integer> order = e.to().stream().filter(t.labels::contains).toList();
    long[] dims = e.dims(e.to());
    for (int i = 0; i < dims.length; i++) {
      dims[i] = t.labels.contains(e.to().get(i)) ? dims[i] : 1;
    }
    return shaped(s, turned(s, t, order), dims);
  }

  /**
   * Returns the matrix product of terms [common, rows, sums] and [common, sums, columns], where
   * sums and columns are one axis each, and rows one or more.
   */
  private static Value product(Site s, Equation e, Term first, Term second) {
    List<Integer> common =
        e.to().stream().filter(first.labels::contains).filter(second.labels::contains).toList();
    List<Integer> rows = only(first, second);
    List<Integer> columns = only(second, first);
    List<Integer> sums = first.labels.stream().filter(l -> !e.to().contains(l)).toList();
    long k = Dims.elements(e.dims(sums));
    long[] one = {1};
    long[] height = rows.isEmpty() ? one : e.dims(rows);
    long[] width = {Dims.elements(e.dims(columns))};
    long[] ones = new long[height.length - 1];
    Arrays.fill(ones, 1);
    Operand left =
        shaped(
            s,
            turned(s, first, all(common, rows, sums)),
            joined(e.dims(common), height, new long[] {k}));
    Operand right =
        shaped(
            s,
            turned(s, second, all(common, sums, columns)),
            common.isEmpty()
                ? joined(new long[] {k}, width)
                : joined(e.dims(common), ones, new long[] {k}, width));
    Value made = MatrixRules.product(s, left, right);
    List<Integer> order = all(common, rows, columns);
    Value whole = s.made(made.node(), e.dims(order));
    return s.value(turned(s, new Term(whole, order), e.to()));
  }

  private static List<Integer> only(Term of, Term not) {
    return of.labels.stream().filter(l -> !not.labels.contains(l)).toList();
  }

  private static List<Integer> all(List<Integer> a, List<Integer> b, List<Integer> c) {
    return Stream.of(a, b, c).flatMap(List::stream).toList();
  }

  private static long[] joined(long[]... dims) {
    return Stream.of(dims).flatMapToLong(Arrays::stream).toArray();
  }
}
