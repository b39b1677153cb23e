package dev.quern.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.io.ModelFile;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  @TempDir Path dir;
  private ModelData data;
  private Path model;
  private Path out;

  @BeforeEach
  void save() {
    Network lenet = Networks.byName("lenet", Shape.of(1, 28, 28), 3);
    data = ModelData.untrained(lenet.withTask(Task.singleLabel("a", "b", "c")), 1);
    model = dir.resolve("model.safetensors");
    out = dir.resolve("model.onnx");
    ModelFile.save(model, data);
  }

  /** The bytes are those that the library writes. */
  private void is(OnnxWriter writer, Object... options) throws IOException {
    Object[] line = new Object[options.length + 4];
    line[0] = "export";
    line[1] = model;
    line[2] = "--out";
    line[3] = out;
    System.arraycopy(options, 0, line, 4, options.length);
    assertThat(Cli.run(line).succeeds().out())
        .isEqualToNormalizingNewlines(
            out + ": lenet, 10 layers, 427,573 parameters, opset " + writer.opset() + "\n");
    Path expected = dir.resolve("expected.onnx");
    writer.save(ModelFile.load(model), expected);
    assertThat(Files.mismatch(out, expected)).isEqualTo(-1);
  }

  @Test
  void options() throws IOException {
    OnnxWriter writer = new OnnxWriter();
    is(writer);
    is(writer.opset(21), "--opset", 21);
    is(writer.activation(true), "--activation");
    is(writer, "--no-activation");
    is(writer.preprocessing(true).batch(8), "--preprocessing", "--batch", 8);
  }

  @Test
  void refusals() {
    assertThat(Cli.run("export", model).err()).contains("--out", "Usage: quern export");
    assertThat(Cli.run("export", "--out", out).err()).contains("MODEL", "Usage: quern export");
    Cli.run("export", model, "--out", out, "--batch", 0).isRefused("0");
    Cli.run("export", model, "--out", out, "--opset", "x").isRefused("x");
    Cli.run("export", model, "--out", out, "--opset", 12).fails("opset 12 is outside [13, 23]");
    Cli.run("export", dir.resolve("none"), "--out", out).fails("none");
    Cli.run("export", model, "--out", dir.resolve("none/m.onnx"))
        .fails("its folder does not exist");
    assertThat(out).doesNotExist();
  }
}
