package dev.quern.predict;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.detect.DetectionTask;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Quantized;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.plan.build.HalfWeights;
import dev.quern.plan.build.Initializer;
import dev.quern.plan.build.Weights;
import dev.quern.plan.loss.LossTasks;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Content of a saved model: the network with its tasks, its weights, the preprocessing of its
 * inputs, and its provenance. NaN, infinities, and weights of the wrong size are rejected.
 *
 * @param network the network
 * @param weights the weights by dotted name, each in its file layout (OIHW for convolutions, [out,
 *     in] for linear layers); not copied
 * @param preprocessing the preprocessing by input name; by default, pixels are scaled to [0, 1]
 * @param provenance free text by key, such as data set, seed, versions and {@link #CLASS_COUNTS}
 * @param dtype data type in which weights of convolutions and linear layers are stored in files and
 *     in the memory of a {@link Model}; {@link #to} rounds these weights. Other weights, which are
 *     few, are F32; weights of quantized layers are int8
 */
public record ModelData(
    Network network,
    Map<String, float[]> weights,
    Map<String, Preprocessing> preprocessing,
    Map<String, String> provenance,
    DType dtype) {
  /**
   * The {@link #provenance} key for the number of training samples of each class of the first
   * output: numbers separated by commas, in the order of {@link #classes()}. A server compares its
   * predictions with these numbers to detect drift.
   */
  public static final String CLASS_COUNTS = "class_counts";

  public ModelData {
    Require.present("model", "network", network);
    weights = Require.all("model", "weights", weights);
    preprocessing = preprocessing(network, preprocessing);
    provenance = Require.all("model", "provenance", provenance);
    Map<String, Shape> wanted = network.state();
    for (Map.Entry<String, Shape> e : wanted.entrySet()) {
      checkWeight(network.name(), e.getKey(), e.getValue(), weights.get(e.getKey()));
    }
    if (Require.present("model", "dtype", dtype) != DType.F32) {
      for (String name : HalfWeights.names(network)) {
        checkRounded(name, dtype, weights.get(name));
      }
    }
    for (Network.Node n : network.nodes()) {
      if (n.layer() instanceof Quantized q) {
        String name = n.name() + ".weight";
        float[] scales = weights.get(n.name() + "." + Quantized.SCALE);
        Quantized.toIntegers(name, weights.get(name), scales, q.quantMax());
      }
    }
    for (String name : weights.keySet()) {
      if (!wanted.containsKey(name)) {
        throw new InvalidArgumentException(
            "model: network " + network.name() + " lacks weight " + name);
      }
    }
  }

  /** Creates a model with F32 weights. */
  public ModelData(
      Network network,
      Map<String, float[]> weights,
      Map<String, Preprocessing> preprocessing,
      Map<String, String> provenance) {
    this(network, weights, preprocessing, provenance, DType.F32);
  }

  /**
   * Creates a model for a network with one input.
   *
   * @param normalization the normalization of the input; images are stretched to the input's size
   * @param classes class names for the network's {@link Task}, which becomes single-label
   *     classification if the network has no task; if the list is empty, the task is not changed
   */
  public ModelData(
      Network network,
      Map<String, float[]> weights,
      Normalization normalization,
      List<String> classes,
      Map<String, String> provenance) {
    this(
        LossTasks.named(
            Require.present("model", "network", network), Require.all("model", "classes", classes)),
        weights,
        Map.of(
            network.inputs().keySet().iterator().next(),
            Preprocessing.of(Require.present("model", "normalization", normalization))),
        provenance);
  }

  /** Returns the preprocessing of each input, in the network's order. */
  private static Map<String, Preprocessing> preprocessing(
      Network network, Map<String, Preprocessing> given) {
    Map<String, Preprocessing> known = Require.all("model", "preprocessing", given);
    for (String input : known.keySet()) {
      if (!network.inputs().containsKey(input)) {
        throw new InvalidArgumentException(
            "model: network "
                + network.name()
                + " has no input "
                + Names.shown(input)
                + ", found "
                + network.inputs().keySet());
      }
    }
    Map<String, Preprocessing> all = new LinkedHashMap<>();
    network
        .inputs()
        .forEach(
            (name, shape) -> {
              Preprocessing own = known.get(name);
              all.put(name, own == null ? Preprocessing.of(Normalization.unit(shape)) : own);
              all.get(name).normalization().requireFit(shape);
            });
    return Collections.unmodifiableMap(all);
  }

  /**
   * Loads a model file with a {@link ModelReader}: quern-io reads .safetensors, quern-onnx .onnx.
   *
   * @throws dev.quern.error.NotFoundException if the file or the module that reads it is missing
   * @throws dev.quern.error.FormatException if the file is not a model
   */
  public static ModelData load(Path file) {
    return ModelFiles.read(file);
  }

  /**
   * Saves this model with a {@link ModelWriter}. An existing file is replaced atomically.
   *
   * @param file the file: .safetensors, written by quern-io, or .onnx, written by quern-onnx
   * @throws dev.quern.error.InvalidArgumentException if the file has another extension
   * @throws dev.quern.error.NotFoundException if the folder or the writer's module is missing
   * @throws dev.quern.error.FileAccessException if the file cannot be written
   */
  public void save(Path file) {
    ModelFiles.write(file, this);
  }

  /**
   * Returns a copy with weights in another data type, as PyTorch's {@code module.to(dtype)}.
   * Weights of convolutions and linear layers are rounded to nearest, ties to even. Bf16 and f16
   * halve the size of weights in files and in a {@link Model}; computation remains in float32.
   *
   * @throws NumericException if a weight exceeds the type's largest number, such as 65,504 for F16
   */
  public ModelData to(DType type) {
    Map<String, float[]> rounded = new LinkedHashMap<>(weights);
    if (Require.present("to", "type", type) != DType.F32) {
      for (String name : HalfWeights.names(network)) {
        rounded.put(name, type.round("to: weight " + name, weights.get(name)));
      }
    }
    return new ModelData(network, rounded, preprocessing, provenance, type);
  }

  /**
   * Returns the data type in which the weight with this dotted name is stored: {@link #dtype()} for
   * weights of convolutions and linear layers, else F32.
   */
  public DType dtype(String weight) {
    String name = Require.present("dtype", "weight", weight);
    return HalfWeights.names(network).contains(name) ? dtype : DType.F32;
  }

  /** Returns the normalization of the first input. */
  public Normalization normalization() {
    return preprocessing.values().iterator().next().normalization();
  }

  /** Returns the names of the first output's classes or predicted numbers; empty without names. */
  public List<String> classes() {
    return network.task().classes();
  }

  /** Returns a copy with another preprocessing of the first input. */
  public ModelData withPreprocessing(Preprocessing other) {
    Map<String, Preprocessing> all = new LinkedHashMap<>(preprocessing);
    all.put(all.keySet().iterator().next(), Require.present("model", "preprocessing", other));
    return new ModelData(network, weights, all, provenance, dtype);
  }

  /**
   * Returns a copy with a task that decodes outputs to boxes: {@link Network#withDetection}.
   * Imported detectors require this call, because their files do not contain such a task.
   */
  public ModelData withDetection(@Nullable DetectionTask task) {
    return new ModelData(network.withDetection(task), weights, preprocessing, provenance, dtype);
  }

  /**
   * Returns an untrained model. Its weights are the initial weights of a {@link Trainer} with this
   * seed and default initializers. Pixels are scaled to [0, 1].
   *
   * @throws dev.quern.error.MemoryLimitException if the weights need more memory than available
   */
  public static ModelData untrained(Network network, long seed) {
    Require.present("model", "network", network);
    try (Weights weights = new Weights(network, false, Precision.STRICT)) {
      Initializer.initialize(weights, List.of(), seed);
      Map<String, float[]> drawn = weights.copy();
      for (Network.Node n : network.nodes()) {
        if (n.layer() instanceof Quantized q) {
          drawn.put(
              n.name() + "." + Quantized.SCALE,
              Quantized.round(drawn.get(n.name() + ".weight"), q.channels()));
        }
      }
      return new ModelData(
          network, drawn, Normalization.unit(network.input()), List.of(), Map.of());
    }
  }

  /**
   * Returns a model with these weights and another network, for example one with dynamic height and
   * width after training at one size. Tasks and the detection task are copied, except those that
   * the other network already has. Preprocessing is assigned to the other network's inputs in
   * order.
   *
   * @throws InvalidArgumentException if the other network's weights have different names or shapes
   */
  public ModelData withNetwork(Network other) {
    Network known = Require.present("model", "network", other);
    for (Map.Entry<String, Task> own : network.tasks().entrySet()) {
      Task there = known.tasks().get(own.getKey());
      known = Task.plain().equals(there) ? known.withTask(own.getKey(), own.getValue()) : known;
    }
    DetectionTask finds = network.detection();
    if (finds != null
        && known.detection() == null
        && known.outputs().containsAll(finds.decoder().outputs())) {
      known = known.withDetection(finds);
    }
    Map<String, Preprocessing> renamed = new LinkedHashMap<>();
    List<String> inputs = List.copyOf(known.inputs().keySet());
    for (Preprocessing p : preprocessing.values()) {
      if (renamed.size() < inputs.size()) {
        renamed.put(inputs.get(renamed.size()), p);
      }
    }
    return new ModelData(known, weights, renamed, provenance, dtype);
  }

  /**
   * Returns a copy with batch normalization inserted after each convolution that is neither an
   * output, nor the head, nor already followed by batch normalization. Running statistics are
   * computed from {@code images}; scale and shift undo the normalization, so predictions do not
   * change. This improves fine-tuning of networks that were exported for inference with folded
   * batch normalization.
   *
   * @param images byte images similar to the training images; a few hundred are sufficient
   * @throws InvalidArgumentException if the network has several inputs, or there are no byte images
   * @throws dev.quern.error.ShapeException if height or width is dynamic, or the images do not have
   *     the input's shape
   */
  public ModelData withBatchNorms(Dataset images) {
    return new AddedNorms(this).by(Require.present("model", "images", images));
  }

  /**
   * Returns a part of the network with its weights: {@link Network#part}. Remaining outputs keep
   * their tasks, and remaining inputs keep their preprocessing. Inputs that replace a layer have no
   * preprocessing.
   *
   * @param from layers whose outputs become inputs; empty for the network's inputs
   * @param outputs layers whose results become outputs; empty for the network's outputs
   * @throws InvalidArgumentException if a layer is unknown, or the part cannot start or end there
   */
  public ModelData part(List<String> from, List<String> outputs) {
    Network part = network.part(from, outputs);
    Map<String, float[]> own = new LinkedHashMap<>(weights);
    own.keySet().retainAll(part.state().keySet());
    Map<String, Preprocessing> kept = new LinkedHashMap<>(preprocessing);
    kept.keySet().retainAll(part.inputs().keySet());
    return new ModelData(part, own, kept, provenance, dtype);
  }

  /**
   * Returns this model with a head for other classes. The last linear layer or convolution gets new
   * weights and one output per class; all other layers are kept. If the names are a permutation of
   * the model's names, the head's rows are reordered instead. If the names are equal, or the model
   * has equally many unnamed classes, the head's weights are kept.
   *
   * @param classes the class names, at least one
   * @param seed the seed of the new weights
   * @throws InvalidArgumentException if the list is empty, the network has several outputs, or its
   *     last layer with weights cannot be replaced
   */
  public ModelData forClasses(List<String> classes, long seed) {
    return new Head(this).forClasses(Require.all("model", "classes", classes), seed);
  }

  /**
   * Returns this model with a new head without class names, for regression or to train the same
   * classes with new weights. The head is created as in {@link #forClasses}.
   *
   * @param outputs the number of outputs, at least 1
   * @param seed the seed of the new weights
   * @throws InvalidArgumentException if {@code outputs} is less than 1, the network has several
   *     outputs, or its last layer with weights cannot be replaced
   */
  public ModelData withNewHead(int outputs, long seed) {
    return new Head(this).drawn(outputs, List.of(), seed);
  }

  /** Matches weights as {@link #matching(Network, Map, String...)} does, without renaming them. */
  public MatchingWeights matching(Network other, String... patterns) {
    return matching(other, Map.of(), patterns);
  }

  /**
   * Matches this model's weights to the weights of another network, and reports all weights that do
   * not match: {@link MatchingWeights#of}.
   *
   * @param renames prefixes to replace in the names of this model's weights, such as {@code
   *     Map.of("backbone.", "")}
   * @param patterns names of the other network's weights to load, where {@code *} matches any
   *     characters; empty for all
   */
  public MatchingWeights matching(Network other, Map<String, String> renames, String... patterns) {
    return MatchingWeights.of(other, weights, network.state(), renames, patterns);
  }

  /** Returns the normalization of each input, by name. */
  Map<String, Normalization> normalizations() {
    Map<String, Normalization> all = new LinkedHashMap<>();
    preprocessing.forEach((name, p) -> all.put(name, p.normalization()));
    return all;
  }

  private static void checkRounded(String name, DType dtype, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (dtype.round(values[i]) != values[i]) {
        throw new InvalidArgumentException(
            "model: weight "
                + name
                + " has "
                + values[i]
                + " at index "
                + i
                + ", which is not a "
                + dtype
                + " value");
      }
    }
  }

  private static void checkWeight(String network, String name, Shape shape, float[] values) {
    if (values == null) {
      throw new InvalidArgumentException(
          "model: weight " + name + " of network " + network + " is missing");
    }
    if (values.length != shape.elements()) {
      throw new ShapeException(
          "model: weight "
              + name
              + " has "
              + values.length
              + " values, its shape "
              + shape
              + " requires "
              + shape.elements());
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NumericException(
            "model: weight " + name + " has " + values[i] + " at index " + i);
      }
    }
  }
}
