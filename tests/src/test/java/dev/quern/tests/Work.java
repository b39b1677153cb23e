package dev.quern.tests;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.eager.NormGradients;
import dev.quern.eager.ScaledDotProductAttentionPass;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Matmul;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.metric.Metrics;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** All passes of an operator on one input, large enough to be split among threads. */
record Work(String name, BiFunction<Arena, Values, List<Tensor>> passes) {
  /** The results as bits, the same in every run unless something is wrong. */
  List<int[]> run() {
    List<int[]> bits = new ArrayList<>();
    try (Arena arena = new Arena()) {
      for (Tensor t : passes.apply(arena, Values.floats(name.hashCode()))) {
        float[] values = t.toArray();
        int[] raw = new int[values.length];
        for (int i = 0; i < raw.length; i++) {
          raw[i] = Float.floatToRawIntBits(values[i]);
        }
        bits.add(raw);
      }
    }
    return bits;
  }

  @Override
  public String toString() {
    return name;
  }

  static List<Work> all() {
    Conv2d plain = new Conv2d(24, 3).padding(1);
    Conv2d odd =
        new Conv2d(18, new Size(3, 2)).stride(new Size(1, 2)).dilation(2).padding(3).groups(3);
    List<Work> all =
        new ArrayList<>(
            List.of(
                conv2d("direct", plain, Shape.of(8, 16, 32, 32)),
                conv2d("direct", plain.stride(2), Shape.of(9, 3, 61, 67)),
                conv2d(
                    "direct",
                    new Conv2d(24, 3).dilation(2).padding(3).groups(2),
                    Shape.of(5, 16, 29, 31)),
                conv2d("im2col", plain, Shape.of(8, 16, 32, 32)),
                conv2d("im2col", odd, Shape.of(9, 12, 61, 67)),
                conv2d("gemm", new Conv2d(40, 1), Shape.of(8, 33, 31, 32)),
                conv2d("reference", plain.stride(2), Shape.of(5, 3, 17, 19)),
                new Work("max_pool2d", Work::maxPool2d),
                new Work("avg_pool2d", Work::avgPool2d),
                new Work("relu", Work::relu),
                new Work("linear", Work::linear),
                new Work(
                    "flatten",
                    (a, v) -> List.of(Eager.of(new Flatten()).forward(tensor(a, v, 9, 7, 31, 33)))),
                new Work("dropout", Work::dropout),
                new Work("group_norm", Work::groupNorm),
                new Work("layer_norm", Work::layerNorm),
                new Work("rms_norm", Work::rmsNorm),
                new Work("local_response_norm", Work::localResponseNorm),
                new Work("matmul", Work::matmul),
                new Work("scaled_dot_product_attention", Work::attention),
                new Work("recurrent", RecurrentNetworks::work),
                new Work("grid_sample", GridSampleNetworks::work),
                new Work("deform_conv2d", DeformConv2dNetworks::work),
                new Work("softmax", Work::softmax),
                new Work("activations", Work::activations),
                new Work("log_softmax", Work::logSoftmax),
                new Work("cross_entropy", Work::crossEntropy),
                loss(new CrossEntropy(0.1f, weights(), Reduction.MEAN)),
                loss(new BceWithLogits()),
                loss(new BceWithLogits(weights())),
                loss(new Mse()),
                loss(new Huber(0.5)),
                loss(new SigmoidFocal()),
                loss(new SoftmaxFocal(2, weights(), Reduction.MEAN, -100)),
                new Work("dice", Work::dice),
                new Work("sgd", Work::sgd),
                optimizer(new Adam(0.1f, 0.9, 0.99, 1e-8, 0.1f, true), 100_003),
                optimizer(new AdamW(0.1f), 100_003),
                optimizer(new RmsProp(0.1f, 0.9, 1e-8, 0, 0.9f, true), 100_003),
                optimizer(new Muon(0.1f), 130, 17, 3, 3),
                optimizer(new Muon(0.1f), 290, 14, 3, 3),
                new Work("accuracy", Work::accuracy)));
    all.addAll(WorkOfShapes.all());
    return all;
  }

  static Tensor tensor(Arena a, Values v, long... dims) {
    return Values.tensor(a, v.array(dims));
  }

  private static Work conv2d(String implementation, Conv2d layer, Shape input) {
    return new Work(
        "conv2d:" + implementation + " " + layer,
        (a, v) -> {
          List<Tensor> results = new ArrayList<>();
          Passes.forcing(implementation, () -> conv2d(a, v, layer, input, results));
          return results;
        });
  }

  private static void conv2d(Arena a, Values v, Conv2d layer, Shape input, List<Tensor> results) {
    Tensor x = tensor(a, v, input.toArray());
    Tensor w = tensor(a, v, layer.weightShape(input.dim(1)).toArray());
    Tensor y = Eager.of(layer).forward(x, w, tensor(a, v, layer.outChannels()));
    results.add(y);
    results.add(Eager.of(layer).backwardData(y, w, input));
    add(results, Eager.of(layer).backwardWeights(x, y));
  }

  static void add(List<Tensor> results, Gradients g) {
    results.add(g.weight());
    results.add(g.bias());
  }

  private static List<Tensor> maxPool2d(Arena a, Values v) {
    MaxPool2d layer = new MaxPool2d(3).stride(2).padding(1).ceilMode(true);
    Tensor x = tensor(a, v, 9, 16, 33, 31);
    Tensor y = Eager.of(layer).forward(x);
    return List.of(y, Eager.of(layer).backward(x, y));
  }

  private static List<Tensor> avgPool2d(Arena a, Values v) {
    AvgPool2d layer = new AvgPool2d(3).stride(2).padding(1).ceilMode(true);
    Tensor x = tensor(a, v, 9, 16, 33, 31);
    Tensor y = Eager.of(layer).forward(x);
    return List.of(y, Eager.of(layer).backward(y, x.shape()));
  }

  private static List<Tensor> relu(Arena a, Values v) {
    Tensor x = tensor(a, v, 100_003);
    return List.of(
        Eager.of(new Relu()).forward(x), Eager.of(new Relu()).backward(x, tensor(a, v, 100_003)));
  }

  private static List<Tensor> linear(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (int batch : new int[] {3, 401}) {
      Linear layer = new Linear(130);
      Tensor x = tensor(a, v, batch, 700);
      Tensor w = tensor(a, v, 130, 700);
      Tensor y = Eager.of(layer).forward(x, w, tensor(a, v, 130));
      results.add(y);
      results.add(Eager.of(layer).backwardData(y, w));
      add(results, Eager.of(layer).backwardWeights(x, y));
    }
    return results;
  }

  private static List<Tensor> groupNorm(Arena a, Values v) {
    GroupNorm layer = new GroupNorm(33);
    Tensor x = tensor(a, v, 9, 99, 31, 13);
    Tensor w = tensor(a, v, 99);
    List<Tensor> results = new ArrayList<>(List.of(Eager.of(layer).forward(x, w, w)));
    add(results, Eager.of(layer).backward(x, w, results.get(0)));
    return results;
  }

  private static List<Tensor> rmsNorm(Arena a, Values v) {
    Tensor x = tensor(a, v, 2003, 130);
    RmsNorm layer = new RmsNorm(130);
    Tensor w = tensor(a, v, 130);
    Tensor y = Eager.of(layer).forward(x, w);
    NormGradients gradients = Eager.of(layer).backward(x, w, y);
    return List.of(y, gradients.input(), gradients.weight());
  }

  private static List<Tensor> layerNorm(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (Tensor x : List.of(tensor(a, v, 9, 13, 31, 17), tensor(a, v, 2003, 130))) {
      LayerNorm layer = new LayerNorm(x.shape().sample());
      Tensor w = tensor(a, v, x.shape().sample().toArray());
      Tensor y = Eager.of(layer).forward(x, w, w);
      results.add(y);
      add(results, Eager.of(layer).backward(x, w, y));
    }
    return results;
  }

  private static List<Tensor> localResponseNorm(Arena a, Values v) {
    LocalResponseNorm layer = new LocalResponseNorm(5);
    Tensor x = tensor(a, v, 9, 64, 31, 13);
    Tensor y = Eager.of(layer).forward(x);
    return List.of(y, Eager.of(layer).backward(x, y));
  }

  private static List<Tensor> matmul(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (long[] s : new long[][] {{3, 130, 70, 200}, {500, 7, 9, 5}}) {
      Tensor x = tensor(a, v, s[0], s[1], s[2]);
      Tensor other = tensor(a, v, s[0], s[2], s[3]);
      Tensor y = Eager.of(new Matmul()).forward(x, other);
      BinaryGradients g = Eager.of(new Matmul()).backward(x, other, y);
      results.addAll(List.of(y, g.input(), g.other()));
    }
    return results;
  }

  private static List<Tensor> attention(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (int heads : new int[] {1, 6}) {
      ScaledDotProductAttention layer =
          new ScaledDotProductAttention(heads).causal(heads == 1).biasHeads(heads);
      Tensor x = tensor(a, v, 3, 197, 6 * 17);
      Tensor key = tensor(a, v, 3, 131, 6 * 17);
      Tensor bias = tensor(a, v, heads, 197, 131);
      Tensor y = Eager.of(layer).forward(x, key, key, bias);
      ScaledDotProductAttentionPass.Gradients g = Eager.of(layer).backward(x, key, key, bias, y);
      results.addAll(List.of(y, g.query(), g.key(), g.value(), g.bias()));
    }
    return results;
  }

  private static void add(List<Tensor> results, NormGradients g) {
    results.addAll(List.of(g.input(), g.weight(), g.bias()));
  }

  private static List<Tensor> softmax(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (Tensor x : List.of(tensor(a, v, 5003, 10), tensor(a, v, 4, 21, 31, 33))) {
      Tensor y = Eager.of(new Softmax()).forward(x);
      results.add(y);
      results.add(Eager.of(new Softmax()).backward(y, x));
    }
    return results;
  }

  private static List<Tensor> activations(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    for (Activation layer : ActivationTest.layers()) {
      Tensor x = tensor(a, v, 50_003);
      results.add(Eager.of(layer).forward(x));
      results.add(Eager.of(layer).backward(x, tensor(a, v, 50_003)));
    }
    return results;
  }

  private static List<Tensor> logSoftmax(Arena a, Values v) {
    Tensor x = tensor(a, v, 4, 21, 31, 33);
    Tensor y = Eager.of(new LogSoftmax()).forward(x);
    return List.of(y, Eager.of(new LogSoftmax()).backward(y, x));
  }

  private static List<Tensor> dropout(Arena a, Values v) {
    Tensor x = tensor(a, v, 40, 19, 17, 16);
    return List.of(
        Eager.of(new Dropout()).forward(x, 5, 6),
        Eager.of(new Dropout2d(0.2f)).backward(x, 7, 8),
        Eager.of(new StochasticDepth(0.5f)).forward(x, 9, 10));
  }

  private static List<Tensor> crossEntropy(Arena a, Values v) {
    List<Tensor> results = new ArrayList<>();
    Tensor x = tensor(a, v, 5003, 10);
    int[] labels = v.labels(5003, 10);
    for (Reduction reduction : Reduction.values()) {
      CrossEntropy loss = new CrossEntropy(0.1f, weights(), reduction);
      results.add(bits(a, loss.forward(x, labels)));
      results.add(loss.backward(x, labels));
    }
    return results;
  }

  private static List<Tensor> dice(Arena a, Values v) {
    Tensor x = tensor(a, v, 3, 4, 131, 67);
    int[] labels = v.labels(3 * 131 * 67, 4);
    labels[5] = -100;
    return List.of(bits(a, new Dice().forward(x, labels)), new Dice().backward(x, labels));
  }

  /** All bits of a loss. */
  private static Tensor bits(Arena a, double value) {
    long bits = Double.doubleToRawLongBits(value);
    return a.tensor(
        Shape.of(3),
        Float.intBitsToFloat((int) (bits >>> 40)),
        Float.intBitsToFloat((int) (bits >>> 16 & 0xffffff)),
        Float.intBitsToFloat((int) (bits & 0xffff)));
  }

  private static Work loss(Loss loss) {
    return new Work(
        loss.toString(),
        (a, v) -> {
          Tensor x = tensor(a, v, 20_011, 10);
          Tensor y = tensor(a, v, 20_011, 10);
          return List.of(bits(a, loss.forward(x, y)), loss.backward(x, y));
        });
  }

  private static float[] weights() {
    return new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  }

  private static List<Tensor> sgd(Arena a, Values v) {
    Tensor w = tensor(a, v, 100_003);
    Tensor velocity = a.tensor(w.shape());
    for (int step = 0; step < 3; step++) {
      new Sgd(0.1f, 0.9f, 1e-3f, true).step(w, tensor(a, v, 100_003), velocity, step == 0);
    }
    return List.of(w, velocity);
  }

  private static Work optimizer(Optimizer o, long... dims) {
    return new Work(
        o + " on " + Shape.of(dims),
        (a, v) -> {
          List<Tensor> results = new ArrayList<>();
          o.states().forEach(name -> results.add(a.tensor(Shape.of(dims))));
          List<Tensor> states = List.copyOf(results);
          Tensor w = tensor(a, v, dims);
          results.add(w);
          for (int step = 1; step <= 3; step++) {
            o.step(w, tensor(a, v, dims), states, step);
          }
          return results;
        });
  }

  private static List<Tensor> accuracy(Arena a, Values v) {
    Tensor scores = tensor(a, v, 5003, 10);
    int[] labels = v.labels(5003, 10);
    return List.of(a.tensor(Shape.of(1), (float) Metrics.accuracy(scores, labels)));
  }
}
