package dev.quern.fuzz.api;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A network of several inputs and outputs, one of each kind of task, and data that fit it. */
final class Several {
  private static final List<String> CLASSES = List.of("x", "y", "z");
  private static final int UNITS = 4;

  private final Draw draw;
  private final World world;
  private final Mischief mischiefOrNull;
  final Network network;

  /** What a set that lies tells need not be it. */
  final int size;

  final MultiDataset data;
  private Trainer trainer;

  Several(World world, Draw draw, Mischief mischiefOrNull) {
    this.draw = draw;
    this.world = world;
    this.mischiefOrNull = mischiefOrNull;
    size = draw.between(1, 9);
    network = network();
    data = data();
  }

  private Network network() {
    NetworkBuilder b = Network.builder("several");
    Shape image = Shape.of(draw.between(1, 3), draw.between(1, 5), draw.between(1, 5));
    b.input("a", image).input("b", Nets.input(draw));
    b.add("aflat", new Flatten(), "a").add("arow", new Linear(UNITS));
    b.add("bflat", new Flatten(), "b").add("brow", new Linear(UNITS));
    b.add("sum", new Add(), "arow", "brow");
    b.add("kind", new Linear(CLASSES.size()), "sum");
    b.add("labels", new Linear(CLASSES.size()), "sum");
    b.add("numbers", new Linear(2), "sum");
    b.add("mask", new Conv2d(CLASSES.size(), Size.of(1)), "a");
    outputs(b);
    return b.build();
  }

  /** At least one of them. */
  private void outputs(NetworkBuilder b) {
    boolean all = draw.once(2);
    if (all || draw.once(2)) {
      b.output("mask", pixels());
    }
    if (all || draw.once(2)) {
      b.output("labels", Task.multiLabel());
    }
    if (all || draw.once(2)) {
      b.output("numbers", Task.regression("u", "v").withWeight(draw.of(0.0, 0.1, 1.0)));
    }
    b.output("kind", draw.once(2) ? Task.singleLabel("x", "y", "z") : Task.plain());
  }

  private Task pixels() {
    Task task = Task.pixelClasses("x", "y", "z");
    return draw.once(2) ? task : task.withLoss(Settings.ofPositions(draw));
  }

  private MultiDataset data() {
    Map<String, Dataset> inputs = new LinkedHashMap<>();
    network.inputs().forEach((name, shape) -> inputs.put(name, own(labelled(name, shape))));
    Map<String, Dataset> targets = new LinkedHashMap<>();
    for (String output : network.outputs()) {
      targets.put(output, own(targets(output)));
    }
    return MultiDataset.of(inputs, targets);
  }

  private Dataset own(Dataset honest) {
    return draw.once(3) ? new OwnDataset(draw, honest, mischiefOrNull) : honest;
  }

  private Dataset labelled(String name, Shape shape) {
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = draw.below(CLASSES.size());
    }
    float[] values = draw.floats((int) shape.elements() * size);
    return Dataset.of(name, shape, CLASSES, values, labels);
  }

  private Dataset targets(String output) {
    Shape one = network.inputs().get("a");
    Dataset plain = labelled(output, one);
    if (output.equals("kind")) {
      return plain;
    } else if (output.equals("mask")) {
      return plain.withTargets(Shape.of(one.dim(1), one.dim(2)), indices(one, size));
    }
    Shape shape = network.shapes().get(output);
    float[] bits = new float[(int) shape.elements() * size];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = draw.below(2);
    }
    return plain.withTargets(shape, FloatBuffer.wrap(bits));
  }

  private FloatBuffer indices(Shape image, int n) {
    return World.indices(draw, CLASSES.size(), image.dim(1) * image.dim(2) * n, -1);
  }

  Trainer trainer() {
    if (trainer == null) {
      TrainerBuilder b = Trainer.builder(network).batch(UNITS).seed(draw.below(5));
      trainer = world.opened((draw.once(3) ? b.validation(data) : b).build());
    }
    return trainer;
  }
}
