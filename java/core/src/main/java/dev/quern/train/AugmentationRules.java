package dev.quern.train;

import dev.quern.data.Augmentation;
import dev.quern.data.CustomAugmentation;
import dev.quern.data.RandomCrop;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.List;

/** What augmentations ask of a network. */
final class AugmentationRules {
  private AugmentationRules() {}

  /**
   * @throws ShapeException if one does not fit the network's input
   * @throws InvalidArgumentException if two are of a kind, or targets would not move along
   */
  static void require(Network network, List<Augmentation> augmentations) {
    Shape in = network.input();
    List<Augmentation> builtIn =
        augmentations.stream().filter(a -> !(a instanceof CustomAugmentation)).toList();
    if (!builtIn.isEmpty() && in.rank() != 3) {
      throw new ShapeException("trainer: augmentation needs images, the network's input is " + in);
    }
    if (builtIn.stream().map(Object::getClass).distinct().count() < builtIn.size()) {
      throw new InvalidArgumentException("trainer: two augmentations of a kind in " + builtIn);
    }
    for (Augmentation a : builtIn) {
      if (a instanceof RandomCrop c && c.padding() >= Math.min(in.dim(1), in.dim(2))) {
        throw new ShapeException(
            "trainer: random crop's padding " + c.padding() + " is not less than images of " + in);
      }
    }
    if (!builtIn.isEmpty()) {
      network.outputs().forEach(output -> requireUnmoved(network, builtIn, output));
    }
  }

  /** An image would move, and its target would not. */
  private static void requireUnmoved(Network network, List<Augmentation> builtIn, String output) {
    Shape in = network.input();
    Shape out = network.shapes().get(output);
    int rank = out.rank();
    if (rank >= 2 && out.dim(rank - 2) == in.dim(1) && out.dim(rank - 1) == in.dim(2)) {
      throw new InvalidArgumentException(
          "trainer: augmentations "
              + builtIn
              + " move images of "
              + in
              + " and not the targets of output "
              + output
              + ", which has their height and width, "
              + out);
    }
  }
}
