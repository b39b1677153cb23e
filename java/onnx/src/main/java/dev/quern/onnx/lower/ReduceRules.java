package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Argmax;
import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Sum;
import dev.quern.onnx.fold.Reductions;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Rules for sums, means, products, minima, maxima and norms over axes. */
final class ReduceRules {
  private ReduceRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("ReduceMean", s -> reduce(s, s.value(0), a -> new Mean(a, true)));
    rules.put("ReduceSum", s -> reduce(s, s.value(0), a -> new Sum(a, true)));
    rules.put("ReduceMax", s -> reduce(s, s.value(0), a -> new Amax(a, true)));
    rules.put("ReduceMin", s -> reduce(s, s.value(0), a -> new Amin(a, true)));
    rules.put("ReduceProd", s -> reduce(s, s.value(0), a -> new Prod(a, true)));
    rules.put("ReduceL1", s -> sum(s, s.then(s.value(0), new Abs())));
    rules.put("ReduceL2", s -> s.out(0, s.then(summed(s, squared(s)), new Sqrt())));
    rules.put("ReduceSumSquare", s -> sum(s, squared(s)));
    rules.put("ReduceLogSum", s -> s.out(0, s.then(summed(s, s.value(0)), new Log())));
    rules.put("ReduceLogSumExp", ReduceRules::logSumExp);
    rules.put("ArgMax", s -> index(s, true));
    rules.put("ArgMin", s -> index(s, false));
  }

  private static Value squared(Site s) {
    Value x = s.value(0);
    return s.made(s.layer(new Multiply(), x.node(), x.node()), x.dims());
  }

  private static void sum(Site s, Value x) {
    s.out(0, summed(s, x));
  }

  private static Value summed(Site s, Value x) {
    return reduced(s, x, a -> new Sum(a, true), false);
  }

  private static void reduce(Site s, Value x, Function<List<Integer>, Layer> layer) {
    s.out(0, Lowering.typed(reduced(s, x, layer, false), x));
  }

  private static Value reduced(
      Site s, Value x, Function<List<Integer>, Layer> layer, boolean keep) {
    boolean[] over = Reductions.over(s.node, ShapeRules.axes(s), x.rank());
    long[] kept = Reductions.kept(x.dims(), over);
    // axes of one element need no reduction
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < over.length; i++) {
      if (over[i] && x.dims()[i] > 1) {
        axes.add(i);
      }
    }
    boolean keepDims = keep || s.attributes().number("keepdims", 1) != 0;
    long[] dims = keepDims ? kept : Reductions.left(x.dims(), over);
    if (axes.isEmpty()) {
      return s.made(x.node(), dims);
    }
    Site.Form in = s.form(x, axes.stream().mapToInt(i -> i).toArray());
    List<Integer> own = axes.stream().map(in::axis).toList();
    return s.made(s.layer(layer.apply(own), in.node()), dims);
  }

  /** Returns the reduction of all numbers of a sample, without axes. */
  static Value whole(Site s, Value x, BiFunction<List<Integer>, Boolean, Layer> layer) {
    List<Integer> axes = IntStream.range(0, x.rank()).filter(i -> x.dims()[i] > 1).boxed().toList();
    if (axes.isEmpty()) {
      return s.made(x.node());
    }
    Site.Form in = s.form(x, axes.stream().mapToInt(i -> i).toArray());
    return s.made(s.layer(layer.apply(axes.stream().map(in::axis).toList(), true), in.node()));
  }

  /** Converts ReduceLogSumExp; the maximum is subtracted first, to avoid overflow. */
  private static void logSumExp(Site s) {
    Value x = s.value(0);
    Value most = reduced(s, x, a -> new Amax(a, true), true);
    Value apart = ArithmeticRules.broadcast(s, new Subtract(), x, most);
    Value sum = summed(s, s.then(apart, new Exp()));
    Value log = s.then(sum, new Log());
    s.out(0, ArithmeticRules.broadcast(s, new Add(), log, s.made(most.node(), log.dims())));
  }

  private static void index(Site s, boolean largest) {
    Value x = s.value(0);
    int axis = Dims.axis(s.attributes().number("axis", 0), x.rank());
    boolean last = s.attributes().number("select_last_index", 0) != 0;
    boolean[] over = new boolean[x.rank()];
    over[axis] = true;
    long[] dims =
        s.attributes().number("keepdims", 1) != 0
            ? Reductions.kept(x.dims(), over)
            : Reductions.left(x.dims(), over);
    Site.Form in = s.form(x, axis);
    int at = in.axis(axis);
    Layer layer = largest ? new Argmax(at, true, last) : new Argmin(at, true, last);
    s.out(0, s.made(s.layer(layer, in.node()), dims).as(Types.INT64));
  }
}
