package dev.quern.predict;

import dev.quern.data.Dataset;
import dev.quern.engine.Implementations;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Address;
import dev.quern.internal.Require;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.layer.Softmax;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.plan.Evaluator;
import dev.quern.plan.LossRules;
import dev.quern.plan.Plan;
import dev.quern.plan.Samples;
import dev.quern.plan.Weights;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A trained network with frozen weights. Any number of threads may predict at once; they share one
 * copy of the weights, and each call works in memory of its own: a plan for as many samples as it
 * brings, rounded up to a power of two, 64 at most. Plans are kept for later calls.
 *
 * <p>Where the network's height or width is free, each call's images say the size. Weights packed
 * for a size, and its plans, are kept for the last eight sizes.
 */
public final class Model implements AutoCloseable {
  private final ModelData data;
  private final Weights weights;

  private final Sizes sizes;
  private final Usage usage = new Usage("model", this);

  private Model(ModelData data, Precision precision) {
    this.data = Require.present("model", "data", data);
    weights = new Weights(data.network(), false, Require.present("model", "precision", precision));
    data.weights().forEach(weights::set);
    weights.pack();
    sizes = new Sizes(weights);
  }

  /**
   * @throws dev.quern.error.MemoryLimitException if the weights need more memory than there is
   */
  public static Model of(ModelData data) {
    return of(data, Precision.DEFAULT);
  }

  /** {@link #of(ModelData)} with this precision of its convolutions. */
  public static Model of(ModelData data, Precision precision) {
    return new Model(data, precision);
  }

  public ModelData data() {
    return data;
  }

  public Network network() {
    return data.network();
  }

  /**
   * What runs the network's convolutions of one image; of a batch it may be another.
   *
   * @throws ShapeException if the network's height or width is free, so that it depends on the
   *     image
   */
  public Implementations implementations() {
    network().requireSizes("implementations");
    return new Implementations(weights.implementations());
  }

  /** Bytes held off-heap: weights, and the plans that are kept. */
  public long bytes() {
    return weights.bytes() + sizes.bytes();
  }

  /**
   * The network's outputs, usually logits; not checked, so that NaN and infinities pass. For
   * networks with one input and one output.
   *
   * @param images {@code [N, C, H, W]} or {@code [N, F]}, already normalised
   * @return {@code [N, ...]}, in the images' arena
   * @throws InvalidArgumentException if the network has several inputs or outputs
   */
  public Tensor predict(Tensor images) {
    Require.present("predict", "images", images);
    if (!network().isSingle()) {
      throw new InvalidArgumentException(
          "predict: network "
              + network().name()
              + " takes inputs "
              + network().inputs().keySet()
              + " and gives "
              + network().outputs()
              + ": pass a map");
    }
    requireBatch(images.shape(), network().input());
    usage.enter();
    try {
      Usage arena = entered(images);
      Sized sized = sizes.only();
      try {
        sized = sized != null ? sized : sizes.borrow(samples(Map.of(onlyInput(), images)));
        return run(sized, images);
      } finally {
        giveBack(sized);
        arena.exit();
      }
    } finally {
      usage.exit();
    }
  }

  private String onlyInput() {
    return network().inputs().keySet().iterator().next();
  }

  /** The shape of a sample of each. */
  private static Map<String, Shape> samples(Map<String, Tensor> batches) {
    Map<String, Shape> all = new LinkedHashMap<>();
    batches.forEach((name, t) -> all.put(name, t.shape().sample()));
    return all;
  }

  private void giveBack(@Nullable Sized sized) {
    if (sized != null && sized != sizes.only()) {
      sizes.giveBack(sized);
    }
  }

  private static Tensor run(Sized sized, Tensor images) {
    long n = images.shape().dim(0);
    long in = sized.network.input().elements();
    long out = sized.network.output().elements();
    Tensor outputs = images.arena().tensor(sized.network.output().batch(n));
    Pointer to = Address.pointer(TensorAccess.get().pointer(outputs).address());
    Plan plan = sized.borrow(n);
    try {
      for (long i = 0; i < n; i += plan.batch()) {
        int count = (int) Math.min(plan.batch(), n - i);
        plan.load(images.shape(), at(images, i * in), count);
        plan.forward();
        Pointer.memcpy(
            to.position(Float.BYTES * i * out), plan.output(), Float.BYTES * count * out);
      }
    } finally {
      sized.giveBack(plan);
    }
    return outputs;
  }

  /**
   * The outputs of a network with any number of inputs and outputs.
   *
   * @param inputs for each of {@link Network#inputs()} {@code [N, ...]}, its shape behind N
   * @return {@code [N, ...]} for each of {@link Network#outputs()}, in its order, in the first
   *     input's arena
   * @throws InvalidArgumentException if an input is missing or not the network's
   * @throws ShapeException if shapes do not fit
   */
  public Map<String, Tensor> predict(Map<String, Tensor> inputs) {
    Map<String, Tensor> all = Require.all("predict", "inputs", inputs);
    if (!all.keySet().equals(network().inputs().keySet())) {
      throw new InvalidArgumentException(
          "predict: inputs "
              + all.keySet()
              + " are not those of the network, "
              + network().inputs().keySet());
    }
    long n = requireBatch(all);
    List<Usage> entered = new ArrayList<>();
    usage.enter();
    Sized sized = sizes.only();
    try {
      all.values().forEach(t -> entered.add(entered(t)));
      sized = sized != null ? sized : sizes.borrow(samples(all));
      return run(sized, all, n);
    } finally {
      giveBack(sized);
      entered.forEach(Usage::exit);
      usage.exit();
    }
  }

  private static Usage entered(Tensor tensor) {
    Usage arena = TensorAccess.get().usage(tensor.arena());
    arena.enter();
    return arena;
  }

  private static void requireBatch(Shape shape, Shape input) {
    if (shape.rank() < 2 || !shape.isBatchOf(input)) {
      throw new ShapeException(
          "predict: images " + shape + " do not fit input " + input + " with a batch in front");
    }
  }

  /** How many samples there are, the same of each input. */
  private long requireBatch(Map<String, Tensor> inputs) {
    Shape first = null;
    for (Map.Entry<String, Shape> in : network().inputs().entrySet()) {
      Shape shape = inputs.get(in.getKey()).shape();
      requireBatch(shape, in.getValue());
      if (first != null && shape.dim(0) != first.dim(0)) {
        throw new ShapeException(
            "predict: inputs " + first + " and " + shape + " are not of one batch");
      }
      first = first == null ? shape : first;
    }
    return first.dim(0);
  }

  private static Map<String, Tensor> run(Sized sized, Map<String, Tensor> inputs, long n) {
    Network net = sized.network;
    Arena arena = inputs.get(net.inputs().keySet().iterator().next()).arena();
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    net.outputs().forEach(o -> outputs.put(o, arena.tensor(net.shapes().get(o).batch(n))));
    Plan plan = sized.borrow(n);
    try {
      for (long i = 0; i < n; i += plan.batch()) {
        int count = (int) Math.min(plan.batch(), n - i);
        long from = i;
        plan.use(count);
        inputs.forEach(
            (name, t) ->
                plan.load(name, t.shape(), at(t, from * net.shapes().get(name).elements())));
        plan.forward();
        outputs.forEach(
            (name, t) -> {
              long elements = net.shapes().get(name).elements();
              Pointer.memcpy(
                  at(t, from * elements), plan.output(name), Float.BYTES * count * elements);
            });
      }
    } finally {
      sized.giveBack(plan);
    }
    return Collections.unmodifiableMap(outputs);
  }

  private static FloatPointer at(Tensor tensor, long element) {
    FloatPointer first = TensorAccess.get().pointer(tensor);
    return element == 0 ? first : Address.floats(first.address() + Float.BYTES * element);
  }

  /** {@link #classify(byte[], Shape, int)} of an image of the network's own size. */
  public List<Prediction> classify(byte[] pixels, int top) {
    network().requireSizes("classify");
    return classify(pixels, network().input(), top);
  }

  /**
   * The likeliest classes of one image, the outputs being logits of classes that exclude each
   * other.
   *
   * @param pixels unsigned bytes in C, H, W order; normalised as in training
   * @param image {@code [C, H, W]}, which the network's input is or leaves free
   * @param top how many classes, likeliest first
   */
  public List<Prediction> classify(byte[] pixels, Shape image, int top) {
    Shape in = Require.present("classify", "image", image);
    if (in.isFree() || in.rank() != 3 || !network().input().matches(in)) {
      throw new ShapeException(
          "classify: image " + in + " does not fit input " + network().input());
    }
    if (Require.present("classify", "pixels", pixels).length != in.elements()) {
      throw new ShapeException("classify: " + pixels.length + " bytes are not an image of " + in);
    }
    if (data.classes().isEmpty()) {
      throw new InvalidArgumentException("classify: the model has no classes");
    }
    if (top < 1) {
      throw new InvalidArgumentException("classify: top " + top + " must be at least 1");
    }
    float[] mean = data.normalization().mean();
    float[] std = data.normalization().std();
    int plane = Math.toIntExact(in.dim(1) * in.dim(2));
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((pixels[i] & 0xff) / 255f - mean[i / plane]) / std[i / plane];
    }
    try (Arena arena = new Arena()) {
      Tensor outputs = predict(arena.tensor(in.batch(1), values));
      float[] p = new Softmax().forward(outputs).toArray();
      List<Prediction> all = new ArrayList<>();
      for (int i = 0; i < p.length; i++) {
        if (Float.isNaN(p[i])) {
          throw new NumericException(
              "classify: the network's outputs are not numbers; its weights are too large for float32");
        }
        all.add(new Prediction(data.classes().get(i), i, p[i]));
      }
      all.sort(Comparator.comparingDouble(q -> -q.probability()));
      return List.copyOf(all.subList(0, Math.min(top, all.size())));
    }
  }

  /** {@link #evaluate(Dataset, Loss)} by cross-entropy. */
  public Evaluation evaluate(Dataset images) {
    return evaluate(images, new CrossEntropy());
  }

  /**
   * Accuracy and loss on a data set, whose labels or targets must suit loss and network.
   *
   * @param loss without its smoothing, weights and reduction
   * @throws dev.quern.error.DataException if the data set throws, or a sample is not what it
   *     promised
   */
  public Evaluation evaluate(Dataset images, Loss loss) {
    Require.present("evaluate", "images", images);
    Require.present("evaluate", "loss", loss);
    LossRules.requireSingle("evaluate", network());
    Samples samples = new Samples("evaluate", images);
    usage.enter();
    Sized sized = sizes.only();
    try {
      sized = sized != null ? sized : sizes.borrow(Map.of(onlyInput(), samples.shape()));
      return evaluate(sized, samples, loss);
    } finally {
      giveBack(sized);
      usage.exit();
    }
  }

  private Evaluation evaluate(Sized sized, Samples samples, Loss loss) {
    try (Evaluator e = new Evaluator(sized.network, sized.weights, Sized.BATCH, loss).allocate()) {
      return e.evaluate(samples, data.normalization());
    }
  }

  /**
   * Frees the memory; later calls do nothing.
   *
   * @throws dev.quern.error.ClosedException if a call is inside; the model stays open, so close it
   *     again afterwards
   */
  @Override
  public void close() {
    if (usage.close()) {
      sizes.close();
    }
  }
}
