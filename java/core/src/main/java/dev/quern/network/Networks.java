package dev.quern.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Creates the built-in networks, each by its own method or by the name that the command line uses.
 * Input shape and number of classes are parameters. If an input is too small, a {@link
 * dev.quern.error.ShapeException} lists the layers that require a larger one.
 *
 * <p>{@link #byName} includes the networks of {@link Torchvision}, with torchvision's parameter
 * names. {@code resnet18} is Quern's network for small images of 32x32, {@code resnet18_imagenet}
 * is torchvision's for images of 224x224.
 *
 * <p>In Quern's residual networks, parameters are named by stage and block: {@code stage1.2} is the
 * second block of the first stage, {@code stage1.2.1.conv} this block's first convolution, and
 * {@code stage1.2.1.bn} the batch normalization after this convolution. To initialize each block as
 * the identity, set the weight of the block's last normalization to 0: {@code
 * initialize("*.2.bn.weight", Init.constant(0))}. For resnet50, whose blocks have three
 * convolutions, use {@code "*.3.bn.weight"}. Goyal et al., "Accurate, Large Minibatch SGD", 2017.
 */
public final class Networks {
  private static final Shape CIFAR = Shape.of(3, 32, 32);
  private static final Shape IMAGENET = Shape.of(3, 224, 224);

  /**
   * Height and width below which {@link #mobilenet(Shape, int)} has stem stride 1 and {@link
   * #vitTiny} has small patches. The paper of MobileNet evaluates sizes down to 128.
   */
  private static final int SMALL = 96;

  /** Maximum widening factor, so that numbers of channels do not overflow an {@code int}. */
  private static final int MAX_WIDEN = 1 << 20;

  private record BuiltIn(
      String name, Shape input, int classes, BiFunction<Shape, Integer, Network> make) {}

  private static final List<BuiltIn> OWN =
      List.of(
          new BuiltIn("notebook", CIFAR, 10, Networks::notebook),
          new BuiltIn("lenet", Shape.of(1, 28, 28), 10, Networks::lenet),
          new BuiltIn("vgg-small", CIFAR, 10, Networks::vggSmall),
          new BuiltIn("resnet20", CIFAR, 10, (in, n) -> cifarResnet(20, in, n)),
          new BuiltIn("resnet32", CIFAR, 10, (in, n) -> cifarResnet(32, in, n)),
          new BuiltIn("resnet44", CIFAR, 10, (in, n) -> cifarResnet(44, in, n)),
          new BuiltIn("resnet56", CIFAR, 10, (in, n) -> cifarResnet(56, in, n)),
          new BuiltIn("resnet18", CIFAR, 10, Networks::resnet18),
          new BuiltIn("resnet50", IMAGENET, 1000, Networks::resnet50),
          new BuiltIn("wide-resnet-16-4", CIFAR, 10, (in, n) -> wideResnet(16, 4, in, n)),
          new BuiltIn("densenet-40", CIFAR, 10, (in, n) -> densenet(40, 12, in, n)),
          new BuiltIn("mobilenet", IMAGENET, 1000, Networks::mobilenet),
          new BuiltIn("speednet", CIFAR, 10, Networks::speednet),
          new BuiltIn("vit-tiny", CIFAR, 10, Networks::vitTiny),
          new BuiltIn("mlp", Shape.of(1, 28, 28), 10, Networks::mlp),
          new BuiltIn("unet", Shape.of(3, 128, 128), 21, Networks::unet));

  private static final List<BuiltIn> ALL =
      Stream.concat(
              OWN.stream(),
              Torchvision.names().stream()
                  .map(n -> new BuiltIn(n, IMAGENET, 1000, Torchvision.maker(n))))
          .toList();

  private Networks() {}

  public static List<String> names() {
    return ALL.stream().map(BuiltIn::name).toList();
  }

  /**
   * Returns a built-in network by name.
   *
   * @param classes the number of classes
   * @throws NotFoundException if there is not a built-in network with this name
   */
  public static Network byName(String name, Shape input, int classes) {
    return find(name).make().apply(input, classes);
  }

  /**
   * Returns a built-in network by name, with the input shape and number of classes of its
   * publication.
   *
   * @throws NotFoundException if there is not a built-in network with this name
   */
  public static Network byName(String name) {
    BuiltIn n = find(name);
    return n.make().apply(n.input(), n.classes());
  }

  private static BuiltIn find(String name) {
    Require.present("network", "name", name);
    return ALL.stream()
        .filter(n -> n.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new NotFoundException(
                    "network: unknown built-in network "
                        + name
                        + "; the built-in networks are "
                        + String.join(", ", names())));
  }

  /**
   * Returns a small network of two convolutions and two linear layers, from the Jupyter notebook in
   * which Quern's development began; 8,542 parameters for 3x32x32 and 10 classes.
   */
  public static Network notebook(Shape input, int classes) {
    return PlainNetworks.notebook(input, classes);
  }

  /** Returns LeNet as in Caffe; 431,080 parameters for 1x28x28 and 10 classes. */
  public static Network lenet(Shape input, int classes) {
    return PlainNetworks.lenet(input, classes);
  }

  /**
   * Returns a VGG-style network of six 3x3 convolutions with batch normalization; 1,148,874
   * parameters for 3 channels and 10 classes.
   */
  public static Network vggSmall(Shape input, int classes) {
    return PlainNetworks.vggSmall(input, classes);
  }

  /**
   * Returns a CIFAR ResNet: a residual network for images of 32x32, with 16, 32 and 64 channels. It
   * has 272,474 parameters at depth 20 for 3 channels and 10 classes. He et al., "Deep Residual
   * Learning for Image Recognition", 2016.
   *
   * @param depth 6 n + 2 for n blocks per stage, for example 20, 32, 44 or 56
   */
  public static Network cifarResnet(int depth, Shape input, int classes) {
    if (depth < 8 || depth % 6 != 2) {
      throw new InvalidArgumentException("network: depth " + depth + " of a resnet is not 6 n + 2");
    }
    return ResidualNetworks.basic("resnet" + depth, input, classes, depth / 6, 16, 32, 64);
  }

  /**
   * Returns ResNet-18 for small images: the stem is a 3x3 convolution without pooling. It has
   * 11,173,962 parameters for 3 channels and 10 classes.
   */
  public static Network resnet18(Shape input, int classes) {
    return ResidualNetworks.basic("resnet18", input, classes, 2, 64, 128, 256, 512);
  }

  /**
   * Returns ResNet-50 for images of about 224x224, with the stride in the 3x3 convolution of a
   * block, as in torchvision; 25,557,032 parameters for 3 channels and 1,000 classes. He et al.,
   * 2016.
   */
  public static Network resnet50(Shape input, int classes) {
    return ResidualNetworks.bottleneck("resnet50", input, classes, 3, 4, 6, 3);
  }

  /**
   * Returns a Wide ResNet without dropout. Each block applies normalization before convolution. It
   * has 2,748,890 parameters at depth 16 and widening factor 4 for 3 channels and 10 classes.
   * Zagoruyko and Komodakis, "Wide Residual Networks", 2016.
   *
   * @param depth 6 n + 4 for n blocks per stage, for example 16, 22, 28 or 40
   * @param widen factor by which 16, 32 and 64 channels are multiplied
   */
  public static Network wideResnet(int depth, int widen, Shape input, int classes) {
    if (depth < 10 || depth % 6 != 4 || widen < 1 || widen > MAX_WIDEN) {
      throw new InvalidArgumentException(
          "network: depth "
              + depth
              + " must be 6 n + 4 with n of at least 1, and widening factor "
              + widen
              + " must be from 1 to "
              + MAX_WIDEN);
    }
    String name = "wide-resnet-" + depth + "-" + widen;
    return ResidualNetworks.wide(name, input, classes, depth / 6, widen);
  }

  /**
   * Returns a DenseNet without bottlenecks or compression; 1,019,722 parameters at depth 40 and
   * growth 12 for 3 channels and 10 classes. Huang et al., "Densely Connected Convolutional
   * Networks", 2017.
   *
   * @param depth 3 n + 4 for n layers per block, for example 40 or 100
   * @param growth the growth rate: the number of channels that each layer adds
   */
  public static Network densenet(int depth, int growth, Shape input, int classes) {
    if (depth < 7 || depth % 3 != 1) {
      throw new InvalidArgumentException(
          "network: densenet depth " + depth + " must be 3 n + 4 with n of at least 1");
    }
    String name = "densenet-" + depth + (growth == 12 ? "" : "-" + growth);
    return DenseNetworks.densenet(name, input, classes, (depth - 4) / 3, growth);
  }

  /**
   * Returns MobileNet at width 1: {@link #mobilenet(double, int, Shape, int)}. The stem stride is
   * 2, or 1 for images of less than 96 pixels in height or width.
   */
  public static Network mobilenet(Shape input, int classes) {
    Require.present("network", "input", input);
    return mobilenet(1, isSmall(input) ? 1 : 2, input, classes);
  }

  private static boolean isSmall(Shape input) {
    return input.rank() == 3 && !input.isFree() && Math.min(input.dim(1), input.dim(2)) < SMALL;
  }

  /**
   * Returns MobileNet, which alternates depthwise and 1x1 convolutions; 4,231,976 parameters at
   * width 1 for 3 channels and 1,000 classes. Howard et al., "MobileNets", 2017.
   *
   * @param width the factor that multiplies each layer's number of channels, above 0, for example
   *     1, 0.75, 0.5 or 0.25
   * @param stemStride stride of the first convolution: 2 for images of 224x224, 1 for images of
   *     32x32
   */
  public static Network mobilenet(double width, int stemStride, Shape input, int classes) {
    if (!(width > 0 && width <= 16)) {
      throw new InvalidArgumentException(
          "network: width " + width + " of a mobilenet is outside (0, 16]");
    }
    String name = "mobilenet" + (width == 1 ? "" : "-" + width);
    return PlainNetworks.mobilenet(name, input, classes, width, stemStride);
  }

  /**
   * Returns an eight-layer network for fast training on CIFAR-10; 1,972,792 parameters for 3
   * channels and 10 classes. Initialize the first layer, {@code whiten}, with {@link
   * dev.quern.init.Whitening} and freeze it. The publication also multiplies the logits by 1/9;
   * this network does not. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024.
   */
  public static Network speednet(Shape input, int classes) {
    return Speednet.of(Require.present("network", "input", input), classes);
  }

  /**
   * Returns ViT-Tiny, a vision transformer with 192 features, 12 blocks and 3 heads. A patch has
   * 4x4 pixels in images of less than 96 pixels in height or width, otherwise 16x16; height and
   * width must be fixed multiples of it, at most 256 of them. The network has 5,362,762 parameters
   * for 3x32x32 and 10 classes. Parameters are named as in {@link Torchvision#vitB16}. Touvron et
   * al., "Training data-efficient image transformers &amp; distillation through attention", 2021.
   */
  public static Network vitTiny(Shape input, int classes) {
    int patch = isSmall(Require.present("network", "input", input)) ? 4 : 16;
    return VisionTransformers.of("vit-tiny", input, classes, patch, 192, 12, 3);
  }

  /**
   * Returns a multilayer perceptron with two hidden layers of 64 units and ReLU, for samples {@code
   * [F]}, such as rows of a table. Samples of other shapes are flattened. The network has 55,050
   * parameters for 1x28x28 and 10 classes, 4,675 for 4 features and 3 classes.
   */
  public static Network mlp(Shape input, int classes) {
    return PlainNetworks.mlp(Require.present("network", "input", input), classes);
  }

  /**
   * Returns a U-Net for semantic segmentation, with batch normalization. It has 16 to 128 channels,
   * a quarter as many as in the paper, and 488,341 parameters for 3 channels and 21 classes. The
   * output is {@code [classes, H, W]} with the task {@link Task#pixelClasses}; class names are
   * those of the training data. Height and width may be dynamic and must be at least 8. Ronneberger
   * et al., "U-Net", 2015.
   */
  public static Network unet(Shape input, int classes) {
    return SegmentationNetworks.unet(input, classes);
  }
}
