package dev.quern.onnx.lower;

import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Power;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.onnx.fold.Index;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rules for normalization and dropout. */
final class NormRules {
  private NormRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("BatchNormalization", NormRules::batch);
    rules.put("InstanceNormalization", NormRules::instance);
    rules.put("GroupNormalization", NormRules::group);
    rules.put("LayerNormalization", NormRules::layer);
    rules.put("RMSNormalization", NormRules::rms);
    rules.put("SimplifiedLayerNormalization", NormRules::rms); // ONNX Runtime's, in ONNX's domain
    rules.put("LRN", NormRules::local);
    rules.put("Dropout", NormRules::dropout);
  }

  private static void batch(Site s) {
    Value x = s.value(0);
    if (s.attributes().number("training_mode", 0) != 0) {
      if (x.rank() < 2) {
        throw new Refusal("its input of " + x.rank() + " dimensions lacks a channel axis");
      }
      ofBatch(s, x);
      return;
    }
    if (s.attributes().number("spatial", 1) == 0) {
      throw new Refusal("attribute spatial must be 1, found 0");
    }
    s.nameAfter(1);
    Map<String, float[]> weights = new HashMap<>();
    weights.put("weight", s.constant(1, "the scale").floats());
    weights.put("bias", s.constant(2, "the bias").floats());
    weights.put("running_mean", s.constant(3, "the mean").floats());
    weights.put("running_var", s.constant(4, "the variance").floats());
    float eps = s.attributes().real("epsilon", 1e-5f);
    // in ONNX, momentum is the weight of the old statistics; here and in PyTorch, of the new
    float momentum = 1 - s.attributes().real("momentum", 0.9f);
    if (x.rank() == 2 || x.rank() == 3) {
      String made = s.layer(new BatchNorm1d(momentum, eps), weights, s.samples(x).node());
      s.out(made, x.dims());
    } else if (x.rank() == 5) {
      s.out(s.layer(new BatchNorm3d(momentum, eps), weights, s.samples(x).node()), x.dims());
    } else {
      s.out(s.layer(new BatchNorm2d(momentum, eps), weights, s.image(x).node()), x.dims());
    }
  }

  /**
   * Converts batch normalization in training mode, which normalizes by the batch's mean and
   * variance and updates the running statistics.
   */
  private static void ofBatch(Site s, Value x) {
    float eps = s.attributes().real("epsilon", 1e-5f);
    float kept = s.attributes().real("momentum", 0.9f);
    List<Integer> over = IntStream.range(0, x.rank()).filter(i -> i != 1).boxed().toList();
    long channels = x.dims()[1];
    long[] each = new long[x.rank()];
    Arrays.fill(each, 1);
    each[1] = channels;
    Site.Form in = s.full(x);
    String mean = s.layer(new Mean(over, true), in.node());
    String apart = s.layer(new Subtract(), in.node(), mean);
    String variance = s.layer(new Mean(over, true), s.layer(new Multiply(), apart, apart));
    String inverse = s.layer(new Power(-0.5f), s.layer(new Affine(1, eps), variance));
    Value y = s.made(s.layer(new Multiply(), apart, inverse), x.dims());
    Const scale = s.constant(1, "the scale").as(each);
    Const bias = s.constant(2, "the bias").as(each);
    y = ArithmeticRules.broadcast(s, new Multiply(), y, scale);
    s.out(0, ArithmeticRules.broadcast(s, new Add(), y, bias));
    s.out(1, moved(s, s.constant(3, "the mean"), s.made(mean, channels), kept));
    s.out(2, moved(s, s.constant(4, "the variance"), s.made(variance, channels), kept));
  }

  private static Value moved(Site s, Const old, Value now, float kept) {
    float[] stays = old.floats().clone();
    for (int i = 0; i < stays.length; i++) {
      stays[i] *= kept;
    }
    Value part = s.made(s.layer(new Affine(1 - kept, 0), now.node()), now.dims());
    return ArithmeticRules.broadcast(s, new Add(), part, Const.of(now.dims(), stays));
  }

  private static void instance(Site s) {
    Value x = s.value(0);
    s.samples(x);
    s.nameAfter(1);
    Map<String, float[]> weights = affine(s.constant(1, "the scale"), s.constant(2, "the bias"));
    float eps = s.attributes().real("epsilon", 1e-5f);
    GroupNorm layer = new GroupNorm(Math.toIntExact(x.dims()[1]), eps, true);
    s.out(s.layer(layer, weights, s.image(x).node()), x.dims());
  }

  private static Map<String, float[]> affine(Const weight, @Nullable Const bias) {
    Map<String, float[]> all = new HashMap<>();
    all.put("weight", weight.floats());
    if (bias != null) {
      all.put("bias", bias.floats());
    }
    return all;
  }

  private static void group(Site s) {
    Value x = s.value(0);
    s.samples(x);
    s.nameAfter(1);
    int groups = Math.toIntExact(s.attributes().number("num_groups", 1));
    float eps = s.attributes().real("epsilon", 1e-5f);
    Map<String, float[]> weights =
        affine(
            channels(s.constant(1, "the scale"), x.dims()[1]),
            channels(s.constant(2, "the bias"), x.dims()[1]));
    s.out(s.layer(new GroupNorm(groups, eps, true), weights, s.image(x).node()), x.dims());
  }

  /**
   * Returns a parameter with one element per channel, repeating the elements if there is one per
   * group, as in opset 18.
   */
  private static Const channels(Const c, long channels) {
    long n = c.elements();
    if (n == channels || n == 0 || channels % n != 0) {
      return c;
    }
    return Index.broadcast(c.as(n, 1), new long[] {n, channels / n}).as(channels);
  }

  private static void layer(Site s) {
    Value x = s.value(0);
    s.nameAfter(1);
    int axis = Dims.axis(s.attributes().number("axis", -1), x.rank());
    float eps = s.attributes().real("epsilon", 1e-5f);
    s.out(0, layerNorm(s, x, axis, eps, s.constant(1, "the scale"), s.optional(2, "the bias")));
    if (s.node.hasOutput(1) || s.node.hasOutput(2)) {
      statistics(s, x, s.form(x, axis), axis, eps);
    }
  }

  /** Returns a value normalized over this axis and all axes after it. */
  static Value layerNorm(Site s, Value x, int axis, float eps, Const scale, @Nullable Const bias) {
    long[] over = Arrays.copyOfRange(x.dims(), axis, x.rank());
    Map<String, float[]> weights = affine(Index.broadcast(scale, over), null);
    if (bias != null) {
      weights.put("bias", Index.broadcast(bias, over).floats());
    }
    LayerNorm layer = new LayerNorm(Shape.of(over), eps, true, bias != null);
    return s.made(s.layer(layer, weights, s.form(x, axis).node()), x.dims());
  }

  private static void rms(Site s) {
    Value x = s.value(0);
    s.nameAfter(1);
    int axis = Dims.axis(s.attributes().number("axis", -1), x.rank());
    float eps = s.attributes().real("epsilon", 1e-5f);
    s.out(0, rmsNorm(s, x, axis, eps, s.constant(1, "the scale")));
    if (s.node.hasOutput(1)) {
      Site.Form in = s.form(x, axis);
      List<Integer> over = over(in, axis);
      String square = s.layer(new Multiply(), in.node(), in.node());
      s.out(1, inverseRoot(s, s.layer(new Mean(over, true), square), eps, kept(x, axis)));
    }
  }

  /** Returns a value over its root mean square along this axis and all axes after it. */
  static Value rmsNorm(Site s, Value x, int axis, float eps, Const scale) {
    long[] over = Arrays.copyOfRange(x.dims(), axis, x.rank());
    Map<String, float[]> weights = affine(Index.broadcast(scale, over), null);
    RmsNorm layer = new RmsNorm(Shape.of(over), eps, true);
    return s.made(s.layer(layer, weights, s.form(x, axis).node()), x.dims());
  }

  /**
   * Computes the mean and the inverse standard deviation, which are optional outputs of the node.
   */
  private static void statistics(Site s, Value x, Site.Form in, int axis, float eps) {
    List<Integer> over = over(in, axis);
    String mean = s.layer(new Mean(over, true), in.node());
    s.out(1, s.made(mean, kept(x, axis)));
    String apart = s.layer(new Subtract(), in.node(), mean);
    String square = s.layer(new Multiply(), apart, apart);
    s.out(2, inverseRoot(s, s.layer(new Mean(over, true), square), eps, kept(x, axis)));
  }

  private static List<Integer> over(Site.Form in, int axis) {
    return IntStream.range(in.axis(axis), in.shape().rank()).boxed().toList();
  }

  /** Returns a value's dimensions with 1 for this axis and all axes after it. */
  private static long[] kept(Value x, int axis) {
    long[] kept = x.dims().clone();
    Arrays.fill(kept, axis, kept.length, 1);
    return kept;
  }

  private static Value inverseRoot(Site s, String square, float eps, long... dims) {
    return s.made(s.layer(new Power(-0.5f), s.layer(new Affine(1, eps), square)), dims);
  }

  private static void local(Site s) {
    Value x = s.value(0);
    LocalResponseNorm layer =
        new LocalResponseNorm(
            Math.toIntExact(s.attributes().number("size", 1)),
            s.attributes().real("alpha", 1e-4f),
            s.attributes().real("beta", 0.75f),
            s.attributes().real("bias", 1));
    s.out(s.layer(layer, s.image(x).node()), x.dims());
  }

  private static void dropout(Site s) {
    Value x = s.value(0);
    Const training = s.opset >= 12 ? s.optional(2, "training_mode") : null;
    if (training != null && training.scalar() != 0) {
      throw new Refusal("training_mode must be 0, found 1");
    }
    Const given = s.opset >= 12 ? s.optional(1, "the ratio") : null;
    float ratio = given == null ? s.attributes().real("ratio", 0.5f) : given.scalar();
    s.out(0, ratio > 0 && ratio < 1 ? s.made(s.layer(new Dropout(ratio), x.node()), x.dims()) : x);
    if (s.node.hasOutput(1)) {
      // elements are dropped only in training
      long[] all = new long[ShapeRules.places(x.elements())];
      Arrays.fill(all, 1);
      s.out(1, Const.of(Types.BOOL, x.dims(), all));
    }
  }
}
