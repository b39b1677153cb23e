package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizedFileTest {
  private static final Shape SHAPE = Shape.of(3, 16, 16);

  @TempDir Path dir;

  private static Dataset noise(int images) {
    byte[] pixels = new byte[images * 768];
    new Random(4).nextBytes(pixels);
    return Dataset.of("noise", SHAPE, List.of("a", "b"), pixels, new int[images]);
  }

  private static float[] answers(ModelData data) {
    Dataset images = noise(4);
    try (Model m = Model.of(data);
        Arena arena = new Arena()) {
      byte[][] bytes = {images.image(0), images.image(1), images.image(2), images.image(3)};
      return m.predict(data.normalization().batch(arena, SHAPE, bytes)).toArray();
    }
  }

  /** A saved and loaded model is bit-identical, with a quarter of the bytes. */
  @Test
  void savedAndLoaded() throws IOException {
    ModelData floats = ModelData.untrained(Networks.byName("resnet20", SHAPE, 10), 1);
    ModelData made = Quantization.of(floats).calibrate(noise(16), 16).data();
    Path before = dir.resolve("floats.safetensors");
    Path after = dir.resolve("bytes.safetensors");
    ModelFile.save(before, floats);
    ModelFile.save(after, made);
    ModelData loaded = ModelFile.load(after);
    assertThat(loaded.network()).isEqualTo(made.network());
    assertThat(answers(loaded)).isEqualTo(answers(made));
    assertThat(Files.size(after)).isLessThan(Files.size(before) * 3 / 10);
  }

  /** Whole numbers beyond a byte. */
  @Test
  void weightsOfTwoBytes() {
    Network network =
        Network.builder("wide", SHAPE)
            .add("in", new FakeQuantize(1 / 255f, 0, 0, 255))
            .add("conv", new QuantizedConv2d(new Conv2d(4, 3), Quantized.WIDEST))
            .build();
    ModelData made = ModelData.untrained(network, 1);
    float[] weight = made.weights().get("conv.weight");
    for (int i = 0; i < weight.length; i += 5) {
      weight[i] *= 2;
    }
    Path file = dir.resolve("wide.safetensors");
    ModelFile.save(file, made);
    ModelData loaded = ModelFile.load(file);
    assertThat(loaded.network()).isEqualTo(network);
    assertThat(loaded.weights().get("conv.weight")).isEqualTo(weight);
    assertThat(answers(loaded)).isEqualTo(answers(made));
  }
}
