package dev.quern;

import dev.quern.error.NotFoundException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Relu;
import java.util.List;

/** The built-in networks, by function and by the name that the command line uses. */
public final class Networks {
  private static final List<String> NAMES = List.of("notebook", "lenet");

  private Networks() {}

  public static List<String> names() {
    return NAMES;
  }

  /**
   * @throws NotFoundException if there is no built-in network of that name
   */
  public static Network byName(String name, Shape input, int classes) {
    return switch (name) {
      case "notebook" -> notebook(input, classes);
      case "lenet" -> lenet(input, classes);
      default ->
          throw new NotFoundException(
              "network: there is no built-in network "
                  + name
                  + "; there are "
                  + String.join(", ", NAMES));
    };
  }

  /**
   * The architecture of the notebook that Quern began as; 8,542 parameters for 3x32x32 and 10
   * classes.
   */
  public static Network notebook(Shape input, int classes) {
    return Network.builder("notebook", input)
        .add("conv1", new Conv2d(1, 5).bias(false))
        .add("relu1", new Relu())
        .add("pool1", new MaxPool2d(2))
        .add("conv2", new Conv2d(1, 3).bias(false))
        .add("relu2", new Relu())
        .add("pool2", new MaxPool2d(2).stride(1))
        .add("flatten", new Flatten())
        .add("fc1", new Linear(64))
        .add("relu3", new Relu())
        .add("fc2", new Linear(classes))
        .build();
  }

  /** LeNet as Caffe has it; 431,080 parameters for 1x28x28 and 10 classes. */
  public static Network lenet(Shape input, int classes) {
    return Network.builder("lenet", input)
        .add("conv1", new Conv2d(20, 5))
        .add("relu1", new Relu())
        .add("pool1", new MaxPool2d(2))
        .add("conv2", new Conv2d(50, 5))
        .add("relu2", new Relu())
        .add("pool2", new MaxPool2d(2))
        .add("flatten", new Flatten())
        .add("fc1", new Linear(500))
        .add("relu3", new Relu())
        .add("fc2", new Linear(classes))
        .build();
  }
}
