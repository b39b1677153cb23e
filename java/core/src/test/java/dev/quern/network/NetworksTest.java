package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.init.Whitening;
import dev.quern.layer.Conv2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworksTest {
  private static final Shape CIFAR = Shape.of(3, 32, 32);
  private static final Shape IMAGENET = Shape.of(3, 224, 224);

  @ParameterizedTest
  @CsvSource({
    "notebook,8542",
    "lenet,431080",
    "vgg-small,1148874",
    "resnet20,272474",
    "resnet32,466906",
    "resnet44,661338",
    "resnet56,855770",
    "resnet18,11173962",
    "resnet50,25557032",
    "wide-resnet-16-4,2748890",
    "densenet-40,1019722",
    "mobilenet,4231976",
    "speednet,1972792",
    "vit-tiny,5362762",
    "mlp,55050",
    "unet,488341",
    "resnet18_imagenet,11689512",
    "resnet34_imagenet,21797672",
    "resnet50_imagenet,25557032",
    "mobilenet_v1,4231976",
    "mobilenet_v2,3504872",
    "vgg16,138357544",
    "densenet121,7978856",
    "efficientnet_b0,5288548",
    "efficientnet_v2_s,21458488",
    "mobilenet_v3_small,2542856",
    "mobilenet_v3_large,5483032",
    "regnet_y_400mf,4344144",
    "convnext_tiny,28589128",
    "vit_b_16,86567656",
    "vit_b_32,88224232",
    "swin_t,28288354"
  })
  void parametersAsPublished(String name, long parameters) {
    assertThat(Networks.byName(name).parameterCount()).isEqualTo(parameters);
  }

  /** By hand, from the papers' tables. */
  @Test
  void parametersAddUp() {
    long wide = 3 * 16 * 9;
    int channels = 16;
    for (int width : new int[] {64, 128, 256}) {
      wide += 2 * channels + channels * width * 9 + 2 * width + width * width * 9;
      wide += channels * width; // the shortcut
      wide += 2 * (2 * width + width * width * 9);
      channels = width;
    }
    wide += 2 * 256 + 256 * 10 + 10;
    assertThat(Networks.wideResnet(16, 4, CIFAR, 10).parameterCount()).isEqualTo(wide);
    long dense = 3 * 16 * 9;
    channels = 16;
    for (int block = 0; block < 3; block++) {
      for (int layer = 0; layer < 12; layer++, channels += 12) {
        dense += 2 * channels + channels * 12 * 9;
      }
      dense += block < 2 ? 2 * channels + channels * channels : 2 * channels;
    }
    dense += channels * 10 + 10;
    assertThat(Networks.densenet(40, 12, CIFAR, 10).parameterCount()).isEqualTo(dense);
  }

  @Test
  void inputAndClassesAreFree() {
    for (String name : Networks.names()) {
      int small = Torchvision.names().contains(name) ? 32 : 28;
      Shape odd = name.startsWith("vit") ? Shape.of(4, 64, 32) : Shape.of(4, 40, 33);
      List<Shape> inputs =
          name.equals("swin_t")
              ? List.of(Shape.of(1, 224, 448))
              : List.of(CIFAR, Shape.of(1, small, small), odd);
      for (Shape input : inputs) {
        Network n = Networks.byName(name, input, 7);
        assertThat(n.output().dim(0)).as(name).isEqualTo(7);
        assertThat(n.output().rank()).as(name).isEqualTo(name.equals("unet") ? 3 : 1);
        assertThat(n.input()).isEqualTo(input);
        assertThat(n.name()).isEqualTo(name);
      }
    }
  }

  /** Sizes that no power of two divides come back, too. */
  @Test
  void aUnetHasClassesForEachPixel() {
    Network unet = Networks.byName("unet", Shape.of(1, 21, 34), 3);
    assertThat(unet).isEqualTo(Networks.unet(Shape.of(1, 21, 34), 3));
    assertThat(unet.output()).isEqualTo(Shape.of(3, 21, 34));
    assertThat(unet.task().kind()).isEqualTo(Task.Kind.PIXEL_CLASSES);
    Network free = Networks.unet(Shape.of(1, Shape.FREE, Shape.FREE), 3);
    assertThat(free.at(Shape.of(1, 21, 34))).isEqualTo(unet);
  }

  @Test
  void aPerceptronTakesRows() {
    Network mlp = Networks.byName("mlp", Shape.of(4), 3);
    assertThat(mlp).isEqualTo(Networks.mlp(Shape.of(4), 3));
    assertThat(mlp.output()).isEqualTo(Shape.of(3));
    assertThat(mlp.parameterCount()).isEqualTo(4 * 64 + 64 + 64 * 64 + 64 + 64 * 3 + 3);
  }

  @Test
  void heightsAndWidthsAsPublished() {
    assertThat(Networks.resnet50(IMAGENET, 1000).shapes())
        .containsEntry("stem.pool", Shape.of(64, 56, 56))
        .containsEntry("stage1.3.relu", Shape.of(256, 56, 56))
        .containsEntry("stage4.1.1.relu", Shape.of(512, 14, 14))
        .containsEntry("stage4.1.2.relu", Shape.of(512, 7, 7))
        .containsEntry("mean", Shape.of(2048, 1, 1));
    assertThat(Networks.mobilenet(IMAGENET, 1000).shapes())
        .containsEntry("stem.relu", Shape.of(32, 112, 112))
        .containsEntry("block13.pointwise.relu", Shape.of(1024, 7, 7));
    assertThat(Networks.mobilenet(CIFAR, 10).shapes())
        .containsEntry("stem.relu", Shape.of(32, 32, 32))
        .containsEntry("block13.pointwise.relu", Shape.of(1024, 2, 2));
    assertThat(Networks.wideResnet(16, 4, CIFAR, 10).shapes())
        .containsEntry("stage1.2.sum", Shape.of(64, 32, 32))
        .containsEntry("last.relu", Shape.of(256, 8, 8));
    assertThat(Networks.densenet(40, 12, CIFAR, 10).shapes())
        .containsEntry("transition1.pool", Shape.of(160, 16, 16))
        .containsEntry("transition2.pool", Shape.of(304, 8, 8))
        .containsEntry("last.relu", Shape.of(448, 8, 8));
  }

  @Test
  void speednetStartsWhiteAndStaysSo() {
    Network speednet = Networks.speednet(CIFAR, 10);
    assertThat(speednet.shapes())
        .containsEntry("whiten", Shape.of(24, 31, 31))
        .containsEntry("group1.pool", Shape.of(64, 15, 15))
        .containsEntry("group3.2.conv", Shape.of(256, 3, 3))
        .containsEntry("pool", Shape.of(256, 1, 1));
    byte[] pixels = new byte[4 * 3 * 32 * 32];
    new Random(3).nextBytes(pixels);
    List<String> classes = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    Dataset data = Dataset.of("noise", Shape.of(3, 32, 32), classes, pixels, new int[4]);
    Normalization n = data.normalization();
    Map<String, float[]> white = Whitening.weights("whiten.weight", data, n);
    try (Trainer trainer =
        Trainer.builder(speednet)
            .batch(4)
            .normalization(n)
            .weights(white)
            .freeze("whiten.weight")
            .build()) {
      trainer.fit(data, 1);
      Map<String, float[]> after = trainer.modelData(classes, Map.of()).weights();
      assertThat(after.get("whiten.weight")).isEqualTo(white.get("whiten.weight"));
    }
  }

  @Test
  void mobilenetOfHalfTheWidth() {
    Network half = Networks.mobilenet(0.5, 2, IMAGENET, 1000);
    assertThat(half.name()).isEqualTo("mobilenet-0.5");
    assertThat(half.parameterCount()).isEqualTo(1_331_592);
    Network narrow = Networks.mobilenet(0.1, 1, CIFAR, 10);
    assertThat(((Conv2d) narrow.nodes().get(0).layer()).outChannels()).isEqualTo(8);
  }

  /**
   * A step at the smallest image that the network takes, the side before it refused by name; at a
   * small one where padding lets every size through.
   */
  @ParameterizedTest
  @CsvSource({
    "notebook,12,pool2",
    "lenet,16,pool2",
    "vgg-small,4,stage2.pool",
    "resnet20,8,",
    "resnet56,8,",
    "resnet18,8,",
    "resnet50,32,",
    "wide-resnet-16-4,8,",
    "densenet-40,4,transition2.pool",
    "mobilenet,8,",
    "speednet,25,pool",
    "resnet18_imagenet,32,",
    "mobilenet_v1,32,",
    "mobilenet_v2,32,",
    "densenet121,29,features.transition3.pool",
    "efficientnet_b0,32,",
    "mobilenet_v3_small,32,",
    "regnet_y_400mf,32,",
    "convnext_tiny,32,features.6.1",
    "vit-tiny,4,"
  })
  void trainsAtItsSmallestInput(String name, int side, String tooSmallFor) {
    if (tooSmallFor != null) {
      assertThatThrownBy(() -> Networks.byName(name, Shape.of(3, side - 1, side - 1), 10))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("(layer " + tooSmallFor);
    }
    Network network = Networks.byName(name, Shape.of(3, side, side), 10);
    Random random = new Random(1);
    try (Trainer trainer = Trainer.builder(network).batch(2).build();
        Arena arena = new Arena()) {
      float[] values = new float[6 * side * side];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      Tensor images = arena.tensor(network.input().batch(2)).copyFrom(values);
      assertThat(trainer.step(images, 3, 8)).isFinite().isPositive();
      Map<String, float[]> gradients = trainer.gradients();
      assertThat(gradients.keySet()).isEqualTo(network.parameters().keySet());
      gradients.forEach((parameter, g) -> assertThat(finite(g)).as(parameter).isTrue());
    }
  }

  private static boolean finite(float[] values) {
    for (float v : values) {
      if (!Float.isFinite(v)) {
        return false;
      }
    }
    return true;
  }

  /** vgg16's weights are too many to train here. */
  @Test
  void vgg16TakesInputsOfAtLeast32() {
    assertThat(Torchvision.vgg16(CIFAR, 10).shapes())
        .containsEntry("features.30", Shape.of(512, 1, 1))
        .containsEntry("avgpool", Shape.of(512, 7, 7));
    assertThatThrownBy(() -> Torchvision.vgg16(Shape.of(3, 31, 31), 10))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("(layer features.30, ");
  }

  @Test
  void unknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> Networks.byName("lenot", Shape.of(1, 28, 28), 10))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("lenot")
        .hasMessageContaining("notebook, lenet, vgg-small");
    assertThatThrownBy(() -> Networks.byName(null)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void refusesOtherDepthsAndWidths() {
    for (int depth : new int[] {-4, 2, 19, 21}) {
      assertThatThrownBy(() -> Networks.cifarResnet(depth, CIFAR, 10))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("6 n + 2");
      assertThatThrownBy(() -> Networks.wideResnet(depth, 4, CIFAR, 10))
          .hasMessageContaining("6 n + 4");
      assertThatThrownBy(() -> Networks.densenet(depth - 1, 12, CIFAR, 10))
          .hasMessageContaining("3 n + 4");
    }
    assertThatThrownBy(() -> Networks.wideResnet(16, 0, CIFAR, 10))
        .hasMessageContaining("factor 0 must be from 1");
    assertThatThrownBy(() -> Networks.mobilenet(0, 2, CIFAR, 10)).hasMessageContaining("width 0.0");
    assertThatThrownBy(() -> Networks.mobilenet(1, 0, CIFAR, 10)).hasMessageContaining("stride");
    for (String name : Networks.names()) {
      Shape image = name.equals("swin_t") ? IMAGENET : CIFAR;
      assertThatThrownBy(() -> Networks.byName(name, image, 0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(name.equals("unet") ? "out_channels 0" : "out_features 0");
      if (!name.equals("mlp")) { // which is for rows
        assertThatThrownBy(() -> Networks.byName(name, Shape.of(3), 10))
            .isInstanceOf(ShapeException.class)
            .hasMessageContaining("(layer ");
      }
      assertThatThrownBy(() -> Networks.byName(name, null, 10))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("network: input is null");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "vit-tiny,33,4",
    "vit-tiny,100,16",
    "vit-tiny,-1,16",
    "vit_b_16,40,16",
    "vit_b_32,16,32",
    "vit_b_32,1073741824,32"
  })
  void transformersRefuseImagesThatPatchesDoNotFill(String name, int width, int patch) {
    Shape input = Shape.of(3, 96, width < 0 ? Shape.FREE : width);
    String rule =
        " must be [C, H, W] with H and W fixed, multiples of "
            + patch
            + " and at most "
            + 256 * patch;
    assertThatThrownBy(() -> Networks.byName(name, input, 10))
        .isInstanceOf(ShapeException.class)
        .hasMessage(name + ": input " + input + rule + " (layer conv_proj)");
  }

  @Test
  void swinRefusesImagesThatWindowsDoNotFill() {
    for (long side : new long[] {112, 225, 2016, Shape.FREE}) {
      Shape input = Shape.of(3, 224, side);
      String rule = " must be [C, H, W] with H and W fixed, multiples of 224 and at most 1792";
      assertThatThrownBy(() -> Torchvision.swinT(input, 10))
          .isInstanceOf(ShapeException.class)
          .hasMessage("swin_t: input " + input + rule + " (layer features.0.0)");
    }
  }
}
