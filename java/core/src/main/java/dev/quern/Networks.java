package dev.quern;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.Require;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Relu;
import java.util.List;

/** The built-in networks, by function and by the name that the command line uses. */
public final class Networks {
  private static final List<String> NAMES =
      List.of(
          "notebook",
          "lenet",
          "vgg-small",
          "resnet20",
          "resnet32",
          "resnet44",
          "resnet56",
          "resnet18");

  private Networks() {}

  public static List<String> names() {
    return NAMES;
  }

  /**
   * @throws NotFoundException if there is no built-in network of that name
   */
  public static Network byName(String name, Shape input, int classes) {
    return switch (Require.present("network", "name", name)) {
      case "notebook" -> notebook(input, classes);
      case "lenet" -> lenet(input, classes);
      case "vgg-small" -> vggSmall(input, classes);
      case "resnet20", "resnet32", "resnet44", "resnet56" ->
          cifarResnet(Integer.parseInt(name.substring(6)), input, classes);
      case "resnet18" -> resnet18(input, classes);
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

  /** Six batch-normalised 3x3 convolutions; 1,148,874 parameters for 3 channels and 10 classes. */
  public static Network vggSmall(Shape input, int classes) {
    return ResidualNetworks.vggSmall(input, classes);
  }

  /**
   * The residual networks of CIFAR-10's size, with 16, 32 and 64 channels; 272,474 parameters at
   * depth 20 for 3 channels and 10 classes.
   *
   * @param depth 6 n + 2 for n blocks a stage: 20, 32, 44, 56
   */
  public static Network cifarResnet(int depth, Shape input, int classes) {
    if (depth < 8 || depth % 6 != 2) {
      throw new InvalidArgumentException("network: depth " + depth + " of a resnet is not 6 n + 2");
    }
    return ResidualNetworks.basic("resnet" + depth, input, classes, depth / 6, 16, 32, 64);
  }

  /**
   * ResNet-18 with a 3x3 stem and no pooling behind it; 11,173,962 parameters for 3 channels and 10
   * classes.
   */
  public static Network resnet18(Shape input, int classes) {
    return ResidualNetworks.basic("resnet18", input, classes, 2, 64, 128, 256, 512);
  }
}
