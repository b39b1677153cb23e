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

/** Preprocessing of images for the only input of a model. */
final class ImageInput {
  /** Maximum number of input values in a batch of images; a single image may exceed it. */
  private static final long MOST_VALUES = 1 << 24;

  private final String op;
  private final Network network;
  private final Preprocessing how;

  /**
   * Creates the preprocessing.
   *
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
   * Groups consecutive images with equal input size, up to a plan's batch size and 64 MiB of
   * floats, so that images may have any size and memory use is limited.
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

  /** Returns the number of input values of an image. */
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
