package dev.quern.network;

import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Torchvision's networks for images of about 224x224. Parameters and buffers have torchvision's
 * names and shapes, so pretrained weights of torchvision's models load unchanged. {@link
 * Networks#byName} also accepts their {@link #names}. Where torchvision's name of a parameter does
 * not end with {@code .weight} or {@code .bias}, it does here: {@code in_proj_weight} is called
 * {@code in_proj.weight}, {@code class_token} is {@code class_token.weight}. State dicts are read
 * with either name.
 *
 * <p>The input is {@code [C, H, W]} with any number of channels and at least 32 pixels in height
 * and width, which may be dynamic ({@link Shape#FREE}) except for vision transformers and Swin-T.
 * If an input is too small, a {@link dev.quern.error.ShapeException} lists the layers that require
 * a larger one. The number of classes is a parameter. Torchvision's weights expect images
 * preprocessed by {@link dev.quern.data.Preprocessing#imagenet()}.
 */
public final class Torchvision {
  private static final Map<String, BiFunction<Shape, Integer, Network>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("resnet18_imagenet", Torchvision::resnet18);
    ALL.put("resnet34_imagenet", Torchvision::resnet34);
    ALL.put("resnet50_imagenet", Torchvision::resnet50);
    ALL.put("mobilenet_v1", Torchvision::mobilenetV1);
    ALL.put("mobilenet_v2", Torchvision::mobilenetV2);
    ALL.put("vgg16", Torchvision::vgg16);
    ALL.put("densenet121", Torchvision::densenet121);
    ALL.put("efficientnet_b0", Torchvision::efficientnetB0);
    ALL.put("efficientnet_v2_s", Torchvision::efficientnetV2S);
    ALL.put("mobilenet_v3_small", Torchvision::mobilenetV3Small);
    ALL.put("mobilenet_v3_large", Torchvision::mobilenetV3Large);
    ALL.put("regnet_y_400mf", Torchvision::regnetY400Mf);
    ALL.put("convnext_tiny", Torchvision::convnextTiny);
    ALL.put("vit_b_16", Torchvision::vitB16);
    ALL.put("vit_b_32", Torchvision::vitB32);
    ALL.put("swin_t", Torchvision::swinT);
  }

  private Torchvision() {}

  /**
   * Returns the names by which {@link Networks#byName} finds these networks. They are torchvision's
   * names, except that ResNets have the suffix {@code _imagenet}, because {@code resnet18} and
   * {@code resnet50} are Quern's own networks.
   */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * Returns a function that creates a network of {@link #names} from its input shape and its number
   * of classes.
   */
  static BiFunction<Shape, Integer, Network> maker(String name) {
    return ALL.get(name);
  }

  /**
   * Returns ResNet-18, whose stem is a 7x7 convolution with stride 2, followed by max pooling;
   * 11,689,512 parameters for 3 channels and 1,000 classes. He et al., "Deep Residual Learning for
   * Image Recognition", 2016.
   */
  public static Network resnet18(Shape input, int classes) {
    return TorchvisionResnets.basic("resnet18_imagenet", present(input), classes, 2, 2, 2, 2);
  }

  /** Returns ResNet-34; 21,797,672 parameters for 3 channels and 1,000 classes. */
  public static Network resnet34(Shape input, int classes) {
    return TorchvisionResnets.basic("resnet34_imagenet", present(input), classes, 3, 4, 6, 3);
  }

  /**
   * Returns ResNet-50 with the stride in the 3x3 convolution of a block; 25,557,032 parameters for
   * 3 channels and 1,000 classes. {@link Networks#resnet50} is the same network with other
   * parameter names.
   */
  public static Network resnet50(Shape input, int classes) {
    return TorchvisionResnets.bottleneck("resnet50_imagenet", present(input), classes, 3, 4, 6, 3);
  }

  /**
   * Returns MobileNet v1. Torchvision does not contain this network; parameters are named in the
   * style of torchvision's MobileNetV2. MobileNet v1 has 4,231,976 parameters for 3 channels and
   * 1,000 classes. Howard et al., "MobileNets", 2017.
   */
  public static Network mobilenetV1(Shape input, int classes) {
    return PlainNetworks.mobilenetV1(present(input), classes);
  }

  /**
   * Returns MobileNetV2; 3,504,872 parameters for 3 channels and 1,000 classes. Sandler et al.,
   * "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018.
   */
  public static Network mobilenetV2(Shape input, int classes) {
    return InvertedResiduals.mobilenetV2(present(input), classes);
  }

  /**
   * Returns VGG-16 without batch normalization; 138,357,544 parameters for 3 channels and 1,000
   * classes. Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
   * Recognition", 2015.
   */
  public static Network vgg16(Shape input, int classes) {
    return PlainNetworks.vgg16(present(input), classes);
  }

  /**
   * Returns DenseNet-121 with bottlenecks and transitions that halve the number of channels;
   * 7,978,856 parameters for 3 channels and 1,000 classes. Huang et al., "Densely Connected
   * Convolutional Networks", 2017.
   */
  public static Network densenet121(Shape input, int classes) {
    return DenseNetworks.densenet121(present(input), classes);
  }

  /**
   * Returns EfficientNet-B0, with inverted residuals and squeeze-and-excitation; 5,288,548
   * parameters for 3 channels and 1,000 classes. Stochastic depth, which randomly skips blocks
   * during training in torchvision, is omitted; predictions are unaffected. Tan and Le,
   * "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019.
   */
  public static Network efficientnetB0(Shape input, int classes) {
    return InvertedResiduals.efficientnetB0(present(input), classes);
  }

  /**
   * Returns EfficientNetV2-S, whose first stages have 3x3 convolutions in place of depthwise ones;
   * 21,458,488 parameters for 3 channels and 1,000 classes. Stochastic depth is omitted, as in
   * {@link #efficientnetB0}. Tan and Le, "EfficientNetV2: Smaller Models and Faster Training",
   * 2021.
   */
  public static Network efficientnetV2S(Shape input, int classes) {
    return InvertedResiduals.efficientnetV2S(present(input), classes);
  }

  /**
   * Returns MobileNetV3-Small; 2,542,856 parameters for 3 channels and 1,000 classes. Howard et
   * al., "Searching for MobileNetV3", 2019.
   */
  public static Network mobilenetV3Small(Shape input, int classes) {
    return MobileNetV3.small(present(input), classes);
  }

  /** Returns MobileNetV3-Large; 5,483,032 parameters for 3 channels and 1,000 classes. */
  public static Network mobilenetV3Large(Shape input, int classes) {
    return MobileNetV3.large(present(input), classes);
  }

  /**
   * Returns RegNetY-400MF; 4,344,144 parameters for 3 channels and 1,000 classes. Radosavovic et
   * al., "Designing Network Design Spaces", 2020.
   */
  public static Network regnetY400Mf(Shape input, int classes) {
    return RegNets.y400Mf(present(input), classes);
  }

  /**
   * Returns ConvNeXt-T; 28,589,128 parameters for 3 channels and 1,000 classes. Stochastic depth is
   * omitted, as in {@link #efficientnetB0}. Liu et al., "A ConvNet for the 2020s", 2022.
   */
  public static Network convnextTiny(Shape input, int classes) {
    return ConvNeXts.tiny(present(input), classes);
  }

  /**
   * Returns ViT-B/16, a transformer over patches of 16x16 pixels; 86,567,656 parameters for
   * 3x224x224 and 1,000 classes. Height and width must be fixed multiples of 16, at most 4096.
   * Torchvision's dropout, which is off by default, is omitted. Dosovitskiy et al., "An Image is
   * Worth 16x16 Words: Transformers for Image Recognition at Scale", 2021.
   */
  public static Network vitB16(Shape input, int classes) {
    return VisionTransformers.of("vit_b_16", present(input), classes, 16, 768, 12, 12);
  }

  /**
   * Returns ViT-B/32, like {@link #vitB16} with patches of 32x32 pixels; 88,224,232 parameters for
   * 3x224x224 and 1,000 classes. Height and width must be fixed multiples of 32, at most 8192.
   */
  public static Network vitB32(Shape input, int classes) {
    return VisionTransformers.of("vit_b_32", present(input), classes, 32, 768, 12, 12);
  }

  /**
   * Returns Swin-T, a transformer whose attention is limited to shifted windows of 7x7 tokens;
   * 28,288,354 parameters for 3x224x224 and 1,000 classes. Height and width must be fixed multiples
   * of 224, at most 1792. Stochastic depth is omitted, as in {@link #efficientnetB0}. Liu et al.,
   * "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", 2021.
   */
  public static Network swinT(Shape input, int classes) {
    return SwinTransformers.tiny(present(input), classes);
  }

  private static Shape present(Shape input) {
    return Require.present("network", "input", input);
  }
}
