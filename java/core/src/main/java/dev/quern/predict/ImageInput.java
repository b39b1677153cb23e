package dev.quern.predict;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;

/** Preprocesses images for a model with one input. */
final class ImageInput {
  /**
   * Maximum number of input values in a batch of images. A single larger image forms a batch by
   * itself.
   */
  private static final long MOST_VALUES = 1 << 24;

  private final String op;
  private final Network network;
  private final Preprocessing how;

  /**
   * Creates the preprocessing.
   *
   * @param op the name of the operation, for messages
   * @throws InvalidArgumentException if the network has several inputs
   */
  ImageInput(String op, ModelData data) {
    this.op = op;
    network = data.network();
    if (network.inputs().size() != 1) {
      throw new InvalidArgumentException(
          op
              + ": network "
              + network.name()
              + " has inputs "
              + network.inputs().keySet()
              + ": pass a map of tensors");
    }
    how = data.preprocessing().values().iterator().next();
  }

  Preprocessing how() {
    return how;
  }

  /**
   * Divides images into batches, without changing their order. Images of a batch have equal input
   * sizes. A batch has at most 64 images and 64 MiB of floats, which limits memory use.
   */
  List<List<Image>> runs(List<Image> images) {
    boolean free = network.isFree() && how.size() == null;
    List<List<Image>> all = new ArrayList<>();
    for (Image image : Require.all(op, "images", images)) {
      List<Image> last = all.isEmpty() ? List.of() : all.get(all.size() - 1);
      if (last.isEmpty()
          || last.size() == Sized.BATCH
          || (last.size() + 1) * values(image) > MOST_VALUES
          || free && !last.get(0).shape().equals(image.shape())) {
        all.add(new ArrayList<>());
      }
      all.get(all.size() - 1).add(image);
    }
    return all;
  }

  /** Returns the number of the network's input values for an image. */
  private long values(Image image) {
    Shape input = network.input();
    if (!input.isFree()) {
      return input.elements();
    }
    Size size = how.size();
    long pixels =
        size == null ? (long) image.height() * image.width() : (long) size.height() * size.width();
    return pixels * Math.max(1, how.channels().count());
  }
}
