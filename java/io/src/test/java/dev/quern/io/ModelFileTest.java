package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
  private static final Network NETWORK =
      Network.builder("tiny", Shape.of(2, 4, 3))
          .add("conv", new Conv2d(3, 2))
          .add("flatten", new Flatten())
          .add("fc", new Linear(2, false))
          .build();

  @TempDir Path temp;
  private Path file;
  private ModelData model;

  @BeforeEach
  void save() {
    file = temp.resolve("model.safetensors");
    Map<String, float[]> weights = new LinkedHashMap<>();
    Random random = new Random(5);
    NETWORK
        .parameters()
        .forEach(
            (name, p) -> {
              float[] values = new float[(int) p.shape().elements()];
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
              }
              weights.put(name, values);
            });
    model =
        new ModelData(
            NETWORK,
            weights,
            new Normalization(new float[] {0.1f, 0.28604063f}, new float[] {1 / 3f, 1e-20f}),
            List.of("T-shirt/top", "Ünïcode \"quoted\""),
            Map.of("seed", "42", "data", "fashion-mnist\nsample", "a.b", ""));
    ModelFile.save(file, model);
  }

  /** Writes the saved file again with other metadata or tensors. */
  private void rewrite(Map<String, String> metadata, Map<String, Safetensors.Entry> tensors) {
    Safetensors saved = Safetensors.read(file);
    Map<String, String> text = new LinkedHashMap<>(saved.metadata());
    metadata.forEach((k, v) -> text.compute(k, (key, old) -> v.isEmpty() ? null : v));
    LinkedHashMap<String, Safetensors.Entry> all = new LinkedHashMap<>();
    for (String name : saved.names()) {
      all.put(name, Safetensors.Entry.floats(saved.shape(name), saved.floats(name)));
    }
    tensors.forEach((k, v) -> all.compute(k, (key, old) -> v));
    all.values().removeIf(e -> e.shape().elements() == 0);
    Safetensors.write(file, text, all);
  }

  private void refuses(Class<? extends QuernException> type, String message) {
    assertThatThrownBy(() -> ModelFile.load(file))
        .isExactlyInstanceOf(type)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void loadsWhatItSavesToTheLastBit() {
    ModelData loaded = ModelFile.load(file);
    assertThat(loaded.network()).isEqualTo(model.network());
    assertThat(loaded.network().task())
        .isEqualTo(Task.singleLabel("T-shirt/top", "Ünïcode \"quoted\""));
    assertThat(loaded.preprocessing()).isEqualTo(model.preprocessing());
    assertThat(loaded.weights().keySet()).isEqualTo(model.weights().keySet());
    model.weights().forEach((name, w) -> assertThat(loaded.weights().get(name)).isEqualTo(w));
    assertThat(loaded.normalization()).isEqualTo(model.normalization());
    assertThat(loaded.classes()).isEqualTo(model.classes());
    assertThat(loaded.provenance()).isEqualTo(model.provenance());
  }

  @Test
  void metadataIsAsDocumented() {
    assertThat(Safetensors.read(file).metadata())
        .containsEntry("format", "quern-model")
        .containsEntry("format_version", "2")
        .containsEntry("network", NetworkJson.write(model.network()))
        .containsEntry(
            "preprocessing", "{\"input\":{\"mean\":[0.1,0.28604063],\"std\":[0.33333334,1.0E-20]}}")
        .doesNotContainKeys("normalization", "classes")
        .containsEntry("provenance.seed", "42");
  }

  @Test
  void equalModelsGiveEqualBytes() throws IOException {
    Path again = temp.resolve("again.safetensors");
    ModelFile.save(again, ModelFile.load(file));
    assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void preprocessingGoesWithTheModel() {
    Preprocessing how =
        new Preprocessing(
            new Size(4, 4),
            Preprocessing.Fit.CENTER_CROP,
            0.875f,
            Preprocessing.Channels.BGR,
            new Normalization(new float[] {1, 2, 3}, new float[] {4, 5, 6}));
    Network free =
        Network.of("free", Shape.of(3, Shape.FREE, Shape.FREE), new Conv2d(2, 3))
            .withTask(Task.pixelClasses("sky", "sea"));
    ModelFile.save(file, ModelData.untrained(free, 1).withPreprocessing(how));
    ModelData loaded = ModelFile.load(file);
    assertThat(loaded.preprocessing()).containsExactly(Map.entry("input", how));
    assertThat(loaded.network()).isEqualTo(free);
    assertThat(Safetensors.read(file).metadata().get("preprocessing"))
        .endsWith("\"size\":[4,4],\"fit\":\"center_crop\",\"crop\":0.875,\"channels\":\"bgr\"}}");
  }

  /** The form of the files of before models knew their tasks. */
  private Map<String, String> old() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format_version", "1");
    metadata.put("network", NetworkJson.write(NETWORK));
    metadata.put("preprocessing", "");
    metadata.put("normalization", "{\"mean\":[0.1,0.28604063],\"std\":[0.33333334,1e-20]}");
    metadata.put("classes", "[\"T-shirt/top\",\"Ünïcode \\\"quoted\\\"\"]");
    return metadata;
  }

  @Test
  void filesOfVersion1AreRead() {
    rewrite(old(), Map.of());
    ModelData loaded = ModelFile.load(file);
    assertThat(loaded.network()).isEqualTo(model.network());
    assertThat(loaded.preprocessing()).isEqualTo(model.preprocessing());
    save();
    Map<String, String> nameless = old();
    nameless.put("classes", "[]");
    rewrite(nameless, Map.of());
    assertThat(ModelFile.load(file).network().task()).isEqualTo(Task.plain());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "format; ``; not a model",
        "format; pt; not a model",
        "format_version; 3; format_version 3",
        "format_version; ``; format_version null",
        "network; ``; no key network",
        "network; {; network: not JSON",
        "network; {}; key \"name\" is missing",
        "preprocessing; ``; no key preprocessing",
        "preprocessing; []; preprocessing: array, expected an object",
        "preprocessing; {}; preprocessing of [] does not match the network's inputs [input]",
        "preprocessing; {\"x\":{\"mean\":[0,0],\"std\":[1,1]}}; preprocessing of [x]",
        "preprocessing; {\"input\":{\"mean\":[0,0]}}; key \"std\" is missing",
        "preprocessing; {\"input\":{\"mean\":[0,0],\"std\":[1,0]}}; deviation",
        "preprocessing; {\"input\":{\"mean\":[0,0],\"std\":[1,1],\"fit\":\"FIT\"}}; not one of stretch",
        "preprocessing; {\"input\":{\"mean\":[0,0],\"std\":[1,1],\"size\":0}}; at least 1x1",
        "preprocessing; {\"input\":{\"mean\":[0,0],\"std\":[1,1],\"channels\":\"rgb\"}}; 2 means",
        "preprocessing; {\"input\":{\"mean\":[0,0],\"std\":[1,1],\"mode\":1}}; unknown",
      })
  void refusesOtherMetadata(String key, String value, String message) {
    rewrite(Map.of(key, value), Map.of());
    refuses(FormatException.class, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "normalization; ``; no key normalization",
        "normalization; []; normalization: array, expected an object",
        "normalization; {\"mean\":[0,0]}; key \"std\" is missing",
        "normalization; {\"mean\":[0,0],\"std\":[1,\"1\"]}; key \"std\"",
        "normalization; {\"mean\":[0,0],\"std\":[1,0]}; deviation",
        "normalization; {\"mean\":[0,1e999999999],\"std\":[1,1]}; finite",
        "normalization; {\"mean\":[0,0],\"std\":[1]}; 1 deviations",
        "classes; ``; no key classes",
        "classes; \"a\"; key \"classes\"",
        "classes; [1,2]; key \"classes\"",
      })
  void refusesOtherMetadataOfVersion1(String key, String value, String message) {
    rewrite(old(), Map.of());
    rewrite(Map.of(key, value), Map.of());
    refuses(FormatException.class, message);
  }

  @Test
  void partsThatDoNotFitTogetherAreShapeExceptions() {
    Map<String, String> one = old();
    one.put("classes", "[\"one\"]");
    rewrite(one, Map.of());
    refuses(ShapeException.class, "1 class names");
    save();
    rewrite(Map.of("preprocessing", "{\"input\":{\"mean\":[0],\"std\":[1]}}"), Map.of());
    refuses(ShapeException.class, "normalization: 1 channels do not fit");
    save();
    rewrite(
        Map.of(
            "network",
            "{\"name\":\"n\",\"input\":[1],\"layers\":[{\"type\":\"max_pool2d\",\"kernel\":2}]}"),
        Map.of());
    refuses(ShapeException.class, "max_pool2d1");
  }

  @Test
  void refusesNumbersThatAreNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      rewrite(Map.of(), Map.of("conv.bias", Safetensors.Entry.floats(Shape.of(3), 1, bad, 2)));
      refuses(NumericException.class, "conv.bias has " + bad + " at index 1");
    }
  }

  @Test
  void refusesWeightsThatAreNotTheNetworks() {
    rewrite(Map.of(), Map.of("conv.bias", Safetensors.Entry.floats(Shape.of(0))));
    refuses(FormatException.class, "conv.bias of network tiny is missing");
    save();
    rewrite(Map.of(), Map.of("fc.bias", Safetensors.Entry.floats(Shape.of(2), 1, 2)));
    refuses(FormatException.class, "fc.bias is not a weight of network tiny");
    save();
    rewrite(Map.of(), Map.of("conv.bias", Safetensors.Entry.floats(Shape.of(3, 1), 1, 2, 3)));
    refuses(FormatException.class, "conv.bias has shape 3x1, not 3");
    save();
    rewrite(Map.of(), Map.of("conv.bias", Safetensors.Entry.doubles(Shape.of(3), 1, 2, 3)));
    refuses(FormatException.class, "conv.bias is F64");
  }

  @Test
  void refusesEveryProperPrefix() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int n = 0; n < whole.length; n++) {
      Files.write(file, Arrays.copyOf(whole, n));
      refuses(FormatException.class, "safetensors");
    }
  }

  @Test
  void refusesWhatIsNoModel() throws IOException {
    Files.writeString(file, "PK\u0003\u0004 this is no model at all");
    refuses(FormatException.class, "safetensors");
    Files.delete(file);
    refuses(NotFoundException.class, "does not exist");
  }
}
