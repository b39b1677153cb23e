package dev.quern.predict;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import dev.quern.network.Network;
import java.util.ArrayList;
import java.util.List;

/** How pictures become the only input of a model. */
final class Pictures {
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
   * Neighbours whose inputs have one size, at most a plan's batch, so that pictures may have any
   * sizes and take little memory.
   */
  List<List<Image>> runs(List<Image> images) {
    boolean free = network.isFree() && how.size() == null;
    List<List<Image>> all = new ArrayList<>();
    for (Image image : Require.all(op, "images", images)) {
      List<Image> last = all.isEmpty() ? List.of() : all.get(all.size() - 1);
      if (last.isEmpty()
          || last.size() == Sized.BATCH
          || free && !last.get(0).shape().equals(image.shape())) {
        all.add(new ArrayList<>());
      }
      all.get(all.size() - 1).add(image);
    }
    return all;
  }
}
