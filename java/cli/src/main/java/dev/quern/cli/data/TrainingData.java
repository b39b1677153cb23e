package dev.quern.cli.data;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run's network and data sets.
 *
 * @param network the network with the input size of the data
 * @param described the network as described by the user, possibly with dynamic height and width
 * @param validation the validation set; may be null
 */
public record TrainingData(
    Network network,
    Network described,
    MultiDataset train,
    MultiDataset validation,
    MultiDataset test) {
  /** Returns a copy with another validation set. */
  TrainingData validatedOn(MultiDataset other) {
    return new TrainingData(network, described, train, other, test);
  }

  /** Returns a copy with another training set. */
  TrainingData trainedOn(MultiDataset other) {
    return new TrainingData(network, described, other, validation, test);
  }

  /**
   * Returns the data set for evaluation during the run: the validation set or, without one, the
   * training set, but never the test set.
   */
  public MultiDataset lookedAt() {
    return validation == null ? train : validation;
  }

  /** Returns the names of the data sets, for example {@code mnist}. */
  public static String name(MultiDataset data) {
    return data.inputs().values().stream()
        .map(Dataset::name)
        .distinct()
        .collect(Collectors.joining("+"));
  }

  /** Returns the training images of the first or only input. */
  public Dataset first() {
    return train.inputs().values().iterator().next();
  }

  /** Returns the shapes of one sample's inputs. */
  public static String shapes(MultiDataset data) {
    return data.inputs().values().stream()
        .map(set -> set.shape().toString())
        .collect(Collectors.joining(" and "));
  }

  /**
   * Checks before training that the shapes and classes of data and network match.
   *
   * @throws ShapeException if shapes differ; the message names all of them
   * @throws InvalidArgumentException if the classes of the data and of the network are in different
   *     orders
   */
  public static void requireFit(Network network, MultiDataset data) {
    List<String> problems = new ArrayList<>();
    network
        .inputs()
        .forEach(
            (name, shape) -> {
              Shape samples = data.inputs().get(name).shape();
              if (!samples.isSampleOf(shape)) {
                problems.add("input " + shape + " does not fit the " + samples + " images");
              }
            });
    network
        .tasks()
        .forEach(
            (output, task) -> {
              Dataset targets = data.targets().get(output);
              requireTargets(network.shapes().get(output), task.kind(), targets, problems);
              requireOrder(network, output, targets);
            });
    if (!problems.isEmpty()) {
      throw new ShapeException(
          "network " + network.name() + ": " + String.join(", ", problems) + " of " + name(data));
    }
  }

  private static void requireTargets(
      Shape output, Task.Kind kind, Dataset data, List<String> problems) {
    if (!data.hasTargets()) {
      if (kind != Task.Kind.SINGLE_LABEL && kind != Task.Kind.PLAIN) {
        problems.add("task " + kind.text() + " needs targets, not the labels");
        return;
      }
      if (kind == Task.Kind.SINGLE_LABEL && data.classes().size() == 1) {
        problems.add(
            "training needs at least two classes, the data set has only " + data.classes().get(0));
      } else if (!output.equals(Shape.of(data.classes().size()))) {
        problems.add(
            "output " + output + " does not fit the " + data.classes().size() + " classes");
      }
      return;
    }
    Shape targets = data.targetShape();
    if (kind == Task.Kind.SINGLE_LABEL && targets.elements() == 1) {
      problems.add("task single_label needs integer labels, not the targets");
      return;
    }
    boolean pixels =
        kind == Task.Kind.PIXEL_CLASSES && output.rank() > 1 && targets.equals(positions(output));
    if (!pixels && !targets.equals(output)) {
      problems.add("output " + output + " does not fit the targets of " + targets);
    }
  }

  /** Returns a shape without its channel axis. */
  private static Shape positions(Shape output) {
    return Shape.of(Arrays.copyOfRange(output.toArray(), 1, output.rank()));
  }

  /**
   * Checks that the classes of the data are in the network's order; otherwise, predictions would
   * get wrong names.
   */
  public static void requireOrder(Network network, String output, Dataset data) {
    List<String> known = network.tasks().get(output).classes();
    List<String> own = data.classes();
    if (!known.equals(own)
        && known.size() == own.size()
        && Set.copyOf(known).equals(Set.copyOf(own))) {
      throw new InvalidArgumentException(
          "network "
              + network.name()
              + ": the classes of output "
              + output
              + " are "
              + known
              + ", those of "
              + data.name()
              + " are in another order, "
              + own);
    }
  }

  /**
   * Returns the number of outputs that a built-in network needs: the number of classes, or the
   * number of elements in a target.
   */
  public static int outputs(String network, Dataset data) {
    if (!data.hasTargets()) {
      return data.classes().size();
    }
    Shape targets = data.targetShape();
    if (targets.rank() == 2 && network.equals(DataSource.Pictures.OF_MASKS)) {
      return classesOfMasks(network, data);
    }
    if (targets.rank() != 1) {
      throw new ShapeException(
          "network "
              + network
              + " has a vector as output, but the targets of "
              + data.name()
              + " are "
              + targets
              + ": use --net unet for masks, or describe another network in a file, --net FILE");
    }
    return (int) targets.dim(0);
  }

  private static int classesOfMasks(String network, Dataset data) {
    if (data.classes().isEmpty()) {
      throw new FormatException(
          "network "
              + network
              + ": masks of "
              + data.name()
              + " have no class names: list the names in classes.txt, one per line, beside the"
              + " folders \"images\" and \"masks\"");
    }
    return data.classes().size();
  }

  /** Returns the network; a dynamic input size is replaced by the size of the data's images. */
  public static Network sized(Network network, MultiDataset data) {
    return network.isFree()
        ? network.at(
            data.inputs().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().shape())))
        : network;
  }

  /**
   * Returns the model to save. A dynamic image size remains dynamic if every output is an image;
   * otherwise, the model has the size of the training images and resizes other images to it.
   */
  public ModelData saved(ModelData trained) {
    boolean pictures =
        trained.network().tasks().values().stream()
            .allMatch(t -> t.kind() == Task.Kind.PIXEL_CLASSES || t.kind() == Task.Kind.IMAGE);
    if (!described.isFree() || !pictures) {
      return trained;
    }
    Network any = described;
    for (Map.Entry<String, Task> e : trained.network().tasks().entrySet()) {
      any = any.withTask(e.getKey(), e.getValue());
    }
    return trained.withNetwork(any);
  }
}
