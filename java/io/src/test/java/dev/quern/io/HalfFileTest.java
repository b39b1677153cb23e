package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose weights are kept in 16 bits. */
class HalfFileTest {
  @TempDir Path dir;
  private Path file;
  private ModelData floats;

  @BeforeEach
  void make() {
    file = dir.resolve("half.safetensors");
    floats = ModelData.untrained(Networks.byName("resnet20", Shape.of(3, 32, 32), 10), 1);
  }

  @ParameterizedTest
  @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
  void savedAndLoaded(DType type) throws IOException {
    ModelData made = floats.to(type);
    ModelFile.save(file, made);
    ModelData loaded = ModelFile.load(file);
    assertThat(loaded.dtype()).isEqualTo(type);
    Safetensors content = Safetensors.read(file);
    int halves = 0;
    for (String name : floats.weights().keySet()) {
      float[] was = floats.weights().get(name);
      float[] is = loaded.weights().get(name);
      boolean matrix = floats.network().state().get(name).rank() > 1;
      assertThat(content.floatType(name)).as(name).isEqualTo(matrix ? type : DType.F32);
      assertThat(loaded.dtype(name)).isEqualTo(matrix ? type : DType.F32);
      for (int i = 0; i < was.length; i++) {
        assertThat(is[i]).isEqualTo(matrix ? type.round(was[i]) : was[i]);
      }
      halves += matrix ? 1 : 0;
    }
    assertThat(halves).isEqualTo(22);
    Path before = dir.resolve("floats.safetensors");
    ModelFile.save(before, floats);
    assertThat(Files.size(file)).isLessThan(Files.size(before) * 55 / 100);
    Path again = dir.resolve("again.safetensors");
    ModelFile.save(again, loaded);
    assertThat(again).hasSameBinaryContentAs(file);
    assertThat(loaded.to(DType.F32).weights()).isEqualTo(loaded.weights());
    ModelFile.save(again, loaded.to(DType.F32));
    assertThat(ModelFile.load(again).dtype()).isEqualTo(DType.F32);
  }

  /** What is beyond a type is refused before anything is written. */
  @Test
  void overflow() {
    Map<String, float[]> weights = new LinkedHashMap<>(floats.weights());
    String name =
        weights.keySet().stream()
            .filter(n -> floats.network().state().get(n).rank() == 4)
            .findFirst()
            .orElseThrow();
    float[] large = weights.get(name).clone();
    large[5] = 70_000;
    weights.put(name, large);
    ModelData data =
        new ModelData(floats.network(), weights, floats.preprocessing(), floats.provenance());
    assertThatThrownBy(() -> data.to(DType.F16))
        .isExactlyInstanceOf(NumericException.class)
        .hasMessage("to: weight " + name + " has 70000.0 at index 5, the largest F16 is 65504.0");
    assertThat(data.to(DType.BF16).weights().get(name)[5]).isEqualTo(70_144);
    assertThatThrownBy(
            () ->
                new ModelData(
                    floats.network(),
                    weights,
                    floats.preprocessing(),
                    floats.provenance(),
                    DType.BF16))
        .isExactlyInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("not a BF16");
  }

  /** A file that says another type than its weights are of. */
  @Test
  void brokenFiles() {
    ModelFile.save(file, floats.to(DType.F16));
    Safetensors saved = Safetensors.read(file);
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    for (String name : saved.names()) {
      tensors.put(
          name,
          Safetensors.Entry.floats(saved.floatType(name), saved.shape(name), saved.floats(name)));
    }
    for (String type : new String[] {"F64", "bf16", "", "BF16"}) {
      Map<String, String> metadata = new LinkedHashMap<>(saved.metadata());
      metadata.put("dtype", type);
      Safetensors.write(file, metadata, tensors);
      assertThatThrownBy(() -> ModelFile.load(file))
          .isExactlyInstanceOf(FormatException.class)
          .hasMessageContaining(type.equals("BF16") ? "not a BF16" : "\"dtype\": \"" + type + "\"");
    }
    Map<String, String> metadata = new LinkedHashMap<>(saved.metadata());
    metadata.remove("dtype"); // another program's: numbers are numbers
    Safetensors.write(file, metadata, tensors);
    assertThat(ModelFile.load(file).dtype()).isEqualTo(DType.F32);
  }
}
