package dev.quern.detect;

import dev.quern.data.BoxMove;
import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** A data set of the images of a {@link BoxSet}, with targets for one grid of cells. */
final class PointDataset implements Dataset {
  private static final String OP = "box set";

  private final BoxSet set;
  private final Preprocessing how;
  private final Shape input;
  private final int stride;
  private final Shape output;

  PointDataset(BoxSet set, Preprocessing how, Shape input, int stride, Shape output) {
    this.set = set;
    this.how = Require.present(OP, "preprocessing", how);
    this.input = Require.present(OP, "input", input);
    this.stride = stride;
    this.output = output;
    YoloHeads.requireStride(OP, stride);
    if (input.isFree()) {
      throw new ShapeException(OP + ": input " + input + " must have a fixed height and width");
    }
    how.placement(new Size(1, 1), input); // rejects an input that is not an image
    int classes = PointTargets.classes(OP, output);
    if (classes != set.classes().size()) {
      throw new ShapeException(
          OP
              + ": output "
              + output
              + " has "
              + classes
              + " classes, the box set has "
              + set.classes().size());
    }
  }

  @Override
  public String name() {
    return "boxes";
  }

  @Override
  public int size() {
    return set.samples().size();
  }

  @Override
  public Shape shape() {
    return input;
  }

  @Override
  public List<String> classes() {
    return set.classes();
  }

  @Override
  public boolean hasTargets() {
    return true;
  }

  @Override
  public Shape targetShape() {
    return output;
  }

  private BoxSample sample(int index) {
    if (index < 0 || index >= size()) {
      throw new InvalidArgumentException(
          OP + ": sample " + index + " is outside [0, " + size() + ")");
    }
    return set.samples().get(index);
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    BoxSample sample = sample(index);
    Image image = Image.read(sample.file());
    Size size = new Size(image.height(), image.width());
    if (!size.equals(sample.size())) {
      throw new InvalidArgumentException(
          OP
              + ": "
              + sample.file()
              + " has size "
              + size
              + ", its boxes are for size "
              + sample.size());
    }
    requireRoom(to == null ? 0 : to.remaining(), input);
    to.put(how.resized(image, input).pixels());
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    copyTarget(index, (left, top, right, bottom) -> new double[] {left, top, right, bottom}, to);
  }

  /** Copies the targets of an augmented image to a buffer; boxes outside the image are omitted. */
  @Override
  public void copyTarget(int index, BoxMove move, FloatBuffer to) {
    Require.present(OP, "boxes", move);
    BoxSample sample = sample(index);
    Placement placed = how.placement(sample.size(), input);
    List<GroundTruthBox> boxes = new ArrayList<>();
    for (GroundTruthBox of : sample.boxes()) {
      Box b = of.box();
      double[] sides =
          move.moved(
              placed.across().toInput(b.left()),
              placed.down().toInput(b.top()),
              placed.across().toInput(b.right()),
              placed.down().toInput(b.bottom()));
      if (sides == null || sides.length != 4) {
        throw new InvalidArgumentException(
            OP + ": BoxMove.moved must return 4 numbers: left, top, right, bottom");
      }
      Box inside = new Box(sides[0], sides[1], sides[2], sides[3]);
      if (inside.area() > 0) {
        boxes.add(new GroundTruthBox(inside, of.classIndex(), of.ignored()));
      }
    }
    requireRoom(to == null ? 0 : to.remaining(), output);
    to.put(PointTargets.of(boxes, stride, output));
  }

  private static void requireRoom(int room, Shape wanted) {
    if (room < wanted.elements()) {
      throw new InvalidArgumentException(
          OP + ": " + wanted.elements() + " values do not fit in a buffer of " + room);
    }
  }

  @Override
  public String toString() {
    return "Dataset boxes: " + size() + " images of " + input + ", targets of " + output;
  }
}
