package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.data.Normalization;
import dev.quern.io.Safetensors;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Torchvision;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Built-in networks against torchvision's: names and shapes of weights, and outputs. */
class TorchvisionTest {
  private static final Path FILE = GoldenFile.bundled("torchvision-networks.safetensors");
  private static final Shape IMAGE = Shape.of(3, 70, 90);
  private static final int CLASSES = 1000;

  static Stream<String> names() {
    return Torchvision.names().stream();
  }

  @Test
  void checksumIsTheRecordedOne() {
    GoldenFile.assertChecksum(FILE);
  }

  @ParameterizedTest
  @MethodSource("names")
  void namesAndShapesAreTorchvisions(String name) throws Exception {
    JsonNode facts =
        new ObjectMapper()
            .readTree(Safetensors.read(FILE).metadata().get("networks"))
            .get(recorded(name));
    Map<String, Shape> state = new TreeMap<>();
    Networks.byName(name).state().forEach((n, shape) -> state.put(theirs(n), theirs(n, shape)));
    String lines =
        state.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue() + "\n")
            .collect(Collectors.joining());
    byte[] sha =
        MessageDigest.getInstance("SHA-256").digest(lines.getBytes(StandardCharsets.UTF_8));
    assertThat(state).hasSize(facts.get("tensors").asInt());
    assertThat(HexFormat.of().formatHex(sha)).as(lines).isEqualTo(facts.get("sha256").asText());
  }

  /** Those of 138 million weights take longer than all others. */
  static Stream<String> computed() {
    return names().filter(name -> Suite.FULL || !name.startsWith("vgg16"));
  }

  @ParameterizedTest
  @MethodSource("computed")
  void outputsAreTorchvisions(String name) {
    float[] wanted = Safetensors.read(FILE).floats(recorded(name) + ".output");
    Shape image = isTransformer(name) ? Shape.of(3, 224, 224) : IMAGE;
    assertClose(outputs(Networks.byName(name, image, CLASSES), image), wanted);
  }

  static Stream<String> convolutional() {
    return names().filter(name -> !isTransformer(name));
  }

  private static boolean isTransformer(String name) {
    return name.startsWith("vit") || name.startsWith("swin");
  }

  @ParameterizedTest
  @MethodSource("convolutional")
  void heightAndWidthMayBeFree(String name) {
    Network free = Networks.byName(name, Shape.of(3, Shape.FREE, Shape.FREE), 7);
    assertThat(free.output()).isEqualTo(Shape.of(7));
    assertThat(free.at(IMAGE)).isEqualTo(Networks.byName(name, IMAGE, 7));
  }

  @Test
  void freeSizesAnswerAsFixedOnes() {
    for (String name : List.of("densenet121", "efficientnet_b0")) {
      Network free = Networks.byName(name, Shape.of(3, Shape.FREE, Shape.FREE), CLASSES);
      assertThat(outputs(free, IMAGE)).isEqualTo(outputs(free.at(IMAGE), IMAGE));
    }
  }

  /** What torchvision calls a network. */
  private static String recorded(String name) {
    return name.replace("_imagenet", "");
  }

  /** Torchvision's name of a parameter, where a module has it of its own. */
  private static String theirs(String name) {
    return name.replace(".in_proj.", ".in_proj_")
        .replaceAll(
            "(class_token|pos_embedding|layer_scale|relative_position_bias_table)\\.weight", "$1");
  }

  private static Shape theirs(String name, Shape shape) {
    boolean ofTokens = name.equals("class_token.weight") || name.endsWith("pos_embedding.weight");
    return ofTokens ? shape.batch(1) : shape;
  }

  private static float[] outputs(Network network, Shape image) {
    ModelData data =
        new ModelData(network, weights(network), Normalization.unit(3), List.of(), Map.of());
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      Tensor images = arena.tensor(image.batch(2));
      float[] values = noise("images", (int) images.shape().elements(), 4, 0);
      return model.predict(images.copyFrom(values)).toArray();
    }
  }

  /** As the script that recorded the outputs makes them. */
  private static Map<String, float[]> weights(Network network) {
    Map<String, float[]> all = new LinkedHashMap<>();
    double gain = network.name().equals("efficientnet_v2_s") ? 0.7 : 1;
    network
        .state()
        .forEach((name, shape) -> all.put(name, values(theirs(name), theirs(name, shape), gain)));
    return all;
  }

  private static float[] values(String name, Shape shape, double gain) {
    int count = (int) shape.elements();
    if (shape.rank() > 1) {
      double fanIn = (double) shape.elements() / shape.dim(0);
      return noise(name, count, 2 * Math.sqrt(6 / fanIn), 0);
    }
    if (name.endsWith("running_var")) {
      return noise(name, count, 1, 1);
    }
    return name.endsWith("weight")
        ? noise(name, count, 0.2 * gain, gain)
        : noise(name, count, 0.2, 0);
  }

  /** Numbers from -0.5 to 0.5, a hash of name and index, scaled and moved. */
  private static float[] noise(String name, int count, double scale, double mean) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      int x = i * 0x9E3779B9 + (int) crc.getValue();
      x = (x ^ x >>> 16) * 0x7FEB352D;
      x = (x ^ x >>> 15) * 0x846CA68B;
      x ^= x >>> 16;
      out[i] = (float) (((x >>> 8) / (double) (1 << 24) - 0.5) * scale + mean);
    }
    return out;
  }

  private static void assertClose(float[] got, float[] wanted) {
    double scale = 0;
    double worst = 0;
    assertThat(got).hasSize(wanted.length);
    for (int i = 0; i < wanted.length; i++) {
      scale = Math.max(scale, Math.abs(wanted[i]));
      worst = Math.max(worst, Math.abs(got[i] - (double) wanted[i]));
    }
    assertThat(worst).as("largest difference at scale %s", scale).isLessThanOrEqualTo(1e-5 * scale);
  }
}
