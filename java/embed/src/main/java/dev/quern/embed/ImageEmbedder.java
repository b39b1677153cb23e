package dev.quern.embed;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Linear;
import dev.quern.layer.QuantizedLinear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Converts images to embeddings: vectors that are close to each other if the images are similar.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("resnet18.safetensors"));
 *     ImageEmbedder embedder = ImageEmbedder.withoutClassifier(model)) {
 *   float[] vector = embedder.embed(Path.of("cat.jpg"));
 *   List<float[]> vectors = embedder.embed(images);
 * }
 * }</pre>
 *
 * Images are preprocessed as {@link dev.quern.predict.ModelData#preprocessing()} says; for an ONNX
 * file, set this with {@code withPreprocessing}. Vectors are scaled to a Euclidean length of 1, so
 * that their dot product is the cosine similarity; see {@link #normalized}. An image's vector does
 * not depend on the other images of a call, except for rounding in batches of another size.
 *
 * <p>Thread-safe. Concurrent calls run concurrently.
 */
public final class ImageEmbedder implements AutoCloseable {
  private static final String OP = "embed";

  /** Maximum number of images in a batch; larger ones are no faster. */
  private static final int BATCH = 32;

  /** Maximum number of input values in a batch of several images: 64 MiB of floats. */
  private static final long MOST_VALUES = 1 << 24;

  private final Model model;
  private final Preprocessing how;
  private final int size;
  private final boolean normalized;

  private ImageEmbedder(Model model, Preprocessing how, int size, boolean normalized) {
    this.model = model;
    this.how = how;
    this.size = size;
    this.normalized = normalized;
  }

  /**
   * Creates an embedder whose vectors are a model's output, for networks that end in an embedding,
   * such as the image encoder of CLIP.
   *
   * @param model a model with one image as its input and one output of shape {@code [F]} or {@code
   *     [F, 1, 1]}. The embedder shares its weights; close both, in any order
   * @throws InvalidArgumentException if the model has several inputs or outputs
   * @throws ShapeException if the input is not an image, or the output is not a vector
   */
  public static ImageEmbedder of(Model model) {
    return of(model, single(model).outputs().get(0));
  }

  /**
   * Creates an embedder whose vectors are the input of a classifier's last linear layer: 512 values
   * for resnet18, 1280 for mobilenet_v2.
   *
   * @param model a model with one image as its input, and one output that a linear layer computes.
   *     The embedder shares its weights; close both, in any order
   * @throws InvalidArgumentException if the model has several inputs or outputs, or its last layer
   *     with weights is not linear
   * @throws ShapeException if the model's input is not an image, or the linear layer's input is not
   *     a vector
   */
  public static ImageEmbedder withoutClassifier(Model model) {
    Network network = single(model);
    Map<String, Network.Node> nodes =
        network.nodes().stream().collect(Collectors.toMap(Network.Node::name, n -> n));
    Network.Node node = nodes.get(network.outputs().get(0));
    while (node != null
        && !(node.layer() instanceof Linear)
        && !(node.layer() instanceof QuantizedLinear)) {
      Network.Facts facts = network.facts(node.name());
      boolean weighs = !facts.parameters().isEmpty() || !facts.buffers().isEmpty();
      node = !weighs && node.inputs().size() == 1 ? nodes.get(node.inputs().get(0)) : null;
    }
    if (node == null || !nodes.containsKey(node.inputs().get(0))) {
      throw new InvalidArgumentException(
          OP
              + ": network "
              + network.name()
              + " does not end in a linear layer behind other layers; pass"
              + " model.features(\"LAYER\") to ImageEmbedder.of");
    }
    return of(model, node.inputs().get(0));
  }

  private static Network single(Model model) {
    Network network = Require.present(OP, "model", model).network();
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          OP
              + ": network "
              + network.name()
              + " has inputs "
              + network.inputs().keySet()
              + " and outputs "
              + network.outputs()
              + "; an embedder needs one of each");
    }
    return network;
  }

  private static ImageEmbedder of(Model model, String layer) {
    Network network = model.network();
    Preprocessing how =
        model.data().preprocessing().get(network.inputs().keySet().iterator().next());
    if (how == null
        || how.channels() == Preprocessing.Channels.ANY
        || network.input().rank() != 3) {
      throw new ShapeException(
          OP + ": input " + network.input() + " of network " + network.name() + " is not an image");
    }
    Shape shape = network.shapes().get(layer);
    for (int i = 0; i < shape.rank(); i++) {
      if (shape.isFree(i) || i > 0 && shape.dim(i) != 1) {
        throw new ShapeException(
            OP + ": output " + shape + " of layer " + layer + " is not a vector [F] or [F, 1, 1]");
      }
    }
    return new ImageEmbedder(model.features(layer), how, (int) shape.dim(0), true);
  }

  /**
   * Returns an embedder of the same model whose vectors are scaled to length 1, or are not. Both
   * share the weights; close both, in any order. A vector of zeros is never scaled.
   */
  public ImageEmbedder normalized(boolean yes) {
    return new ImageEmbedder(model.features(model.network().outputs().get(0)), how, size, yes);
  }

  /** Returns the number of values in a vector. */
  public int size() {
    return size;
  }

  /** Returns the vector of the image in a file, which is read by {@link Image#read(Path)}. */
  public float[] embed(Path file) {
    return embed(Image.read(file));
  }

  /** Returns the vector of an image of any size. */
  public float[] embed(Image image) {
    return embed(List.of(Require.present(OP, "image", image))).get(0);
  }

  /**
   * Returns the vectors of images, in their order. Images may have any size. They run in batches of
   * 32; a model without a fixed input size gets neighbors of equal size in one batch.
   *
   * @throws NumericException if a value is NaN or infinite
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   * @throws dev.quern.error.ClosedException if the embedder is closed
   */
  public List<float[]> embed(List<Image> images) {
    List<Image> all = Require.all(OP, "images", images);
    List<float[]> vectors = new ArrayList<>(all.size());
    while (vectors.size() < all.size()) {
      List<Image> rest = all.subList(vectors.size(), all.size());
      run(rest.subList(0, batch(rest)), vectors);
    }
    return vectors;
  }

  /** Returns the number of images at the start of the list that fit into one batch. */
  private int batch(List<Image> images) {
    Shape input = model.network().input();
    boolean free = input.isFree() && how.size() == null;
    Shape first = images.get(0).shape();
    long values = free ? first.elements() : 0;
    if (!free) {
      values = input.isFree() ? 3L * how.size().height() * how.size().width() : input.elements();
    }
    long most = Math.min(Math.min(BATCH, images.size()), Math.max(1, MOST_VALUES / values));
    int n = 1;
    while (n < most && (!free || images.get(n).shape().equals(first))) {
      n++;
    }
    return n;
  }

  private void run(List<Image> images, List<float[]> into) {
    try (Arena arena = new Arena()) {
      Tensor batch = how.batch(arena, model.network().input(), images);
      float[] all = model.predict(batch).toArray();
      for (int i = 0; i < images.size(); i++) {
        float[] vector = Arrays.copyOfRange(all, i * size, (i + 1) * size);
        double length = length(vector);
        if (normalized && length > 0) {
          for (int k = 0; k < size; k++) {
            vector[k] = (float) (vector[k] / length);
          }
        }
        into.add(vector);
      }
    }
  }

  private double length(float[] vector) {
    double squares = 0;
    for (float v : vector) {
      squares += (double) v * v;
    }
    if (!Double.isFinite(squares)) {
      throw new NumericException(
          OP + ": an output of network " + model.network().name() + " is NaN or infinite");
    }
    return Math.sqrt(squares);
  }

  /** Returns the off-heap memory of the embedder in bytes; weights count in part if shared. */
  public long bytes() {
    return model.bytes();
  }

  /** Waits for running calls and frees the embedder's memory; later calls have no effect. */
  @Override
  public void close() {
    model.close();
  }
}
