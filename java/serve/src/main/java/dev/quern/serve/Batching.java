package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model with its queue and worker threads: what {@link BatchingModel#replace} exchanges. */
final class Batching {
  /**
   * Upper limit for byte counts. It is larger than any machine's memory, yet several such counts
   * can be added without overflow.
   */
  private static final long ENDLESS = 1L << 56;

  private final Model model;
  private final Batcher<Question> batcher;
  private final OutputSizes sizes;

  Batching(Model model, Batcher<Question> batcher) {
    this.model = model;
    this.batcher = batcher;
    sizes = new OutputSizes(model.network());
  }

  Model model() {
    return model;
  }

  Batcher<Question> batcher() {
    return batcher;
  }

  /**
   * Returns the size in bytes of the outputs for these inputs, at most {@link #ENDLESS}, without
   * computing the outputs.
   *
   * @throws InvalidArgumentException if an input is missing or unknown
   * @throws dev.quern.error.ShapeException if shapes do not match
   */
  long outputBytes(Map<String, TensorValues> inputs) {
    Question.OfTensors question = Question.OfTensors.of(model.network(), inputs);
    Map<String, Shape> sample = new LinkedHashMap<>();
    question.inputs().forEach((name, values) -> sample.put(name, values.shape().sample()));
    return bytes(sizes.values(sample), question.samples());
  }

  /**
   * Returns the approximate size in bytes of the outputs for an image. A dynamic height or width of
   * the input is assumed to be the image's own. The result is 0 if the network does not accept the
   * image; the request then fails later.
   */
  long outputBytes(Image image) {
    Network network = model.network();
    Map.Entry<String, Shape> input = network.inputs().entrySet().iterator().next();
    Shape sample = input.getValue();
    if (network.inputs().size() != 1 || sample.rank() != 3) {
      return 0;
    }
    if (sample.isFree()) {
      Size size = model.data().preprocessing().get(input.getKey()).size();
      long height = size == null ? image.height() : size.height();
      long width = size == null ? image.width() : size.width();
      sample =
          Shape.of(
              sample.dim(0),
              sample.isFree(1) ? height : sample.dim(1),
              sample.isFree(2) ? width : sample.dim(2));
    }
    try {
      return bytes(sizes.values(Map.of(input.getKey(), sample)), 1);
    } catch (InvalidArgumentException e) {
      return 0;
    }
  }

  private static long bytes(long values, int samples) {
    try {
      long bytes = Math.multiplyExact(Math.multiplyExact(values, samples), (long) Float.BYTES);
      return Math.min(bytes, ENDLESS);
    } catch (ArithmeticException e) {
      return ENDLESS;
    }
  }
}
