package dev.quern.predict;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;

/** How pictures become the only input of a model. */
final class Pictures {
  /** Values of the network's input that pictures become at once, at most; one picture passes it. */
  private static final long MOST_VALUES = 1 << 24;

  private final String op;
  private final Network network;
  private final Preprocessing how;

  /**
   * @throws InvalidArgumentException if the network has several inputs
   */
  Pictures(String op, ModelData data) {
    this.op = op;
    network = data.network();
    if (network.inputs().size() != 1) {
      throw new InvalidArgumentException(
          op
              + ": network "
              + network.name()
              + " takes inputs "
              + network.inputs().keySet()
              + ": pass a map of tensors");
    }
    how = data.preprocessing().values().iterator().next();
  }

  Preprocessing how() {
    return how;
  }

  /**
   * Neighbours whose inputs have one size, at most a plan's batch and 64 MiB of floats, so that
   * pictures may have any sizes and take little memory.
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

  /** How many values of the network's input a picture becomes. */
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
