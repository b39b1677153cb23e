package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A model with one image as input and an output that is a map {@code [H, W]} or {@code [1, H, W]}.
 * The map's size may differ from the input's.
 *
 * @param op the name of the operation, for messages
 * @param output the name of the output with the map
 */
record MapModel(String op, Model model, String output) {
  /** Returns the first output of a model as a map. */
  static MapModel of(String op, Model model) {
    return of(op, model, network(op, model).outputs().get(0));
  }

  /** Returns an output of a model as a map, after a check of its shape. */
  static MapModel of(String op, Model model, String output) {
    Shape shape = network(op, model).shapes().get(requireOutput(op, model, output));
    if (!isMap(shape)) {
      throw new ShapeException(
          op + ": output " + output + " of shape " + shape + " must be a map, HxW or 1xHxW");
    }
    return new MapModel(op, model, output);
  }

  /** Returns the network of a model after a check that it has one input. */
  static Network network(String op, Model model) {
    Network network = Require.present(op, "model", model).network();
    if (network.inputs().size() != 1) {
      throw new InvalidArgumentException(
          op
              + ": network "
              + network.name()
              + " has inputs "
              + network.inputs().keySet()
              + ", expected one image");
    }
    return network;
  }

  /** Returns the name of an output after a check that the network has this output. */
  static String requireOutput(String op, Model model, String output) {
    Network network = network(op, model);
    if (!network.outputs().contains(Require.present(op, "output", output))) {
      throw new InvalidArgumentException(
          op
              + ": output "
              + Names.shown(output)
              + " is not one of "
              + network.outputs()
              + " of network "
              + network.name());
    }
    return output;
  }

  private static boolean isMap(Shape shape) {
    boolean map = shape.rank() >= 2;
    for (int axis = 0; map && axis < shape.rank() - 2; axis++) {
      map = !shape.isFree(axis) && shape.dim(axis) == 1;
    }
    return map;
  }

  /**
   * Runs the network on an image.
   *
   * @param finish a function that converts the part of the map that shows the image, before the map
   *     is resized to the image's size
   * @return the map at each pixel of the image
   */
  FloatMap map(Image image, UnaryOperator<FloatMap> finish) {
    Require.present(op, "image", image);
    Map.Entry<String, Shape> input = model.network().inputs().entrySet().iterator().next();
    Preprocessing how = model.data().preprocessing().values().iterator().next();
    Placement placement = how.placement(new Size(image.height(), image.width()), input.getValue());
    FloatMap map;
    try (Arena arena = new Arena()) {
      Tensor batch = how.batch(arena, input.getValue(), List.of(image));
      map = map(model.predict(Map.of(input.getKey(), batch)).get(output));
    }
    FloatMap finished = finish.apply(map.checked(output).visible(placement));
    return finished.onImage(placement, map.height(), map.width());
  }

  private FloatMap map(Tensor outputs) {
    Shape shape = outputs.shape();
    long height = shape.dim(shape.rank() - 2);
    long width = shape.dim(shape.rank() - 1);
    if (height < 1 || width < 1) {
      throw new ShapeException(op + ": output " + output + " of shape " + shape + " is empty");
    }
    return new FloatMap(op, (int) height, (int) width, outputs.toArray());
  }
}
