package dev.quern.fuzz.serve;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.SplittableRandom;

/** The models that are served; the same in both processes. */
final class Networks {
  static final Shape SMALL = Shape.of(3, 8, 8);
  static final Shape TENSORS = Shape.of(6);
  static final String SMALL_NAME = "small";
  static final String FREE_NAME = "free";
  static final String TENSORS_NAME = "tensors";
  static final String ODD_NAME = "odd";

  private Networks() {}

  /** A classifier of images; the parity of a version decides the weights. */
  static Model small(int version) {
    Network network =
        Network.builder(SMALL_NAME, SMALL)
            .add(new Conv2d(8, 3).padding(1))
            .add(new Relu())
            .add(new Flatten())
            .add("scores", new Linear(3))
            .task(Task.singleLabel("cat", "dog", "owl"))
            .build();
    return Model.of(ModelData.untrained(network, version % 2));
  }

  /** A class for each pixel of images of any size. */
  static Model free() {
    Network network =
        Network.builder(FREE_NAME, Shape.of(3, Shape.FREE, Shape.FREE))
            .add(new Conv2d(8, 3).padding(1))
            .add(new Relu())
            .add("classes", new Conv2d(2, 1))
            .task(Task.pixelClasses("ground", "sky"))
            .build();
    return Model.of(ModelData.untrained(network, 3));
  }

  static Model tensors() {
    Network network = Network.of(TENSORS_NAME, TENSORS, new Linear(16), new Relu(), new Linear(5));
    return Model.of(ModelData.untrained(network, 4));
  }

  static Model odd(OddLayer layer) {
    return Model.of(ModelData.untrained(Network.of(ODD_NAME, TENSORS, layer), 5));
  }

  static float[] values(long seed, Shape shape) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    return values;
  }
}
