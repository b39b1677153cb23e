package dev.quern.detect;

import dev.quern.data.Dataset;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Pictures with boxes around what is in them. {@code BoxFiles} of quern-io reads COCO's, VOC's and
 * YOLO's. Immutable.
 *
 * @param classes names, in order
 * @param samples in order
 */
public record BoxSet(List<String> classes, List<BoxSample> samples) {
  /**
   * @throws InvalidArgumentException if a box has a class that is not there
   */
  public BoxSet {
    classes = Require.all("box set", "classes", classes);
    samples = Require.all("box set", "samples", samples);
    for (BoxSample sample : samples) {
      for (TrueBox box : sample.boxes()) {
        if (box.classIndex() >= classes.size()) {
          throw new InvalidArgumentException(
              "box set: class "
                  + box.classIndex()
                  + " in "
                  + sample.picture()
                  + " is outside [0, "
                  + classes.size()
                  + ")");
        }
      }
    }
  }

  /**
   * The samples from {@code from} up to but not including {@code to}.
   *
   * @throws InvalidArgumentException if these are not in the set
   */
  public BoxSet slice(int from, int to) {
    if (from < 0 || from > to || to > samples.size()) {
      throw new InvalidArgumentException(
          "box set: " + from + " to " + to + " is outside [0, " + samples.size() + ")");
    }
    return new BoxSet(classes, samples.subList(from, to));
  }

  /**
   * What trains a network that {@link PointBoxes#of} reads, by {@link PointLoss}: the pictures as
   * its input, and {@link PointTargets} as targets. A picture is read when it is asked for, so that
   * the set may be larger than memory; one that has another size than its sample says is a {@link
   * dev.quern.error.DataException} of the training. Boxes move with what augmentations do to the
   * picture; those of which nothing is left are left out.
   *
   * @param how pictures become inputs; boxes go with them
   * @param input of the network, {@code [C, H, W]}
   * @param stride a cell's side in pixels of the input
   * @param output of the network, {@code [C + 4, H, W]}
   * @throws dev.quern.error.ShapeException if shapes, or the number of classes, do not fit
   */
  public Dataset dataset(Preprocessing how, Shape input, int stride, Shape output) {
    return new PointDataset(this, how, input, stride, output);
  }
}
