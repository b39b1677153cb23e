package dev.quern.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.io.ModelFile;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.QuantizedLinear;
import dev.quern.network.Network;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.ModelData;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  @TempDir Path dir;
  private Path model;
  private Path out;
  private ModelData data;

  @BeforeEach
  void save() {
    Network network =
        Network.builder("tiny", Shape.of(1, 40, 50))
            .add("flatten", new Flatten())
            .add("fc", new Linear(20))
            .build();
    data = ModelData.untrained(network, 1);
    model = dir.resolve("model.safetensors");
    out = dir.resolve("out.safetensors");
    ModelFile.save(model, data);
  }

  @Test
  void halfTheBytes() {
    for (DType type : new DType[] {DType.BF16, DType.F16}) {
      String name = type.name().toLowerCase(java.util.Locale.ROOT);
      String line =
          Cli.run("convert", "--model", model, "--dtype", name, "--out", out).succeeds().lastLine();
      assertThat(line)
          .startsWith(out + ": weights " + type + ", 8")
          .matches(".* [\\d,]+ bytes, were 16\\d,\\d{3}");
      ModelData loaded = ModelFile.load(out);
      assertThat(loaded.dtype()).isEqualTo(type);
      assertThat(loaded.weights().get("fc.weight"))
          .isEqualTo(data.to(type).weights().get("fc.weight"));
    }
    Cli.run("convert", "--model", out, "--dtype", "f32", "--out", model).succeeds();
    assertThat(ModelFile.load(model).dtype()).isEqualTo(DType.F32);
    assertThat(ModelFile.load(model).weights().get("fc.weight"))
        .isEqualTo(data.to(DType.F16).weights().get("fc.weight"));
  }

  @Test
  void quantizedLayersStayAndItSaysSo() {
    Network network =
        Network.builder("whole", Shape.of(20))
            .add("fc", new QuantizedLinear(new Linear(20), 127))
            .build();
    ModelFile.save(model, ModelData.untrained(network, 1));
    Cli.Result result =
        Cli.run("convert", "--model", model, "--dtype", "bf16", "--out", out).succeeds();
    assertThat(result.lastLine()).isEqualTo("quantized layers, which keep their int8 weights: 1");
  }

  @Test
  void onnx() {
    Path file = dir.resolve("model.onnx");
    new OnnxWriter().save(data, file);
    Cli.run("convert", "--model", file, "--dtype", "bf16", "--out", out).succeeds();
    assertThat(ModelFile.load(out).dtype()).isEqualTo(DType.BF16);
  }

  @Test
  void refusals() {
    assertThat(Cli.run("convert", "--out", out).err()).contains("--model", "Usage: quern convert");
    Cli.run("convert", "--model", model, "--dtype", "int4", "--out", out)
        .isRefused("int4", "f32, bf16, f16");
    Cli.run(
            "convert",
            "--model",
            dir.resolve("missing.safetensors"),
            "--dtype",
            "f16",
            "--out",
            out)
        .fails("missing");
    assertThat(out).doesNotExist();
  }
}
