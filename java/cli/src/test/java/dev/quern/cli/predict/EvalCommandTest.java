package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import dev.quern.cli.SmallTraining;
import dev.quern.data.Normalization;
import dev.quern.io.ModelFile;
import dev.quern.io.dataset.IdxFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalCommandTest {
  @TempDir static Path shared;
  @TempDir Path dir;
  private static Path data;
  private static Path model;
  private static String testLine;

  @BeforeAll
  static void trainOnce() throws IOException {
    SmallTraining small = SmallTraining.in(shared, 200, 100);
    data = small.data();
    Path out = shared.resolve("run");
    testLine = small.run("--epochs", 2, "--lr", "0.05", "--out", out).succeeds().lastLine();
    model = out.resolve("model.safetensors");
  }

  @Test
  void lastLineSaysWhatTrainingSaid() {
    Cli.Result r = Cli.run("eval", "--model", model, "--data", "mnist", "--data-dir", data);
    assertThat(r.succeeds().lastLine())
        .matches("accuracy [01]\\.\\d{4} loss \\d+\\.\\d{4} images 100");
    assertThat("test " + r.lastLine()).isEqualTo(testLine);
  }

  @Test
  void dataSetIsTheModelsOwnUnlessNamed() {
    Cli.Result r = Cli.run("eval", "--model", model, "--data-dir", data).succeeds();
    assertThat("test " + r.lastLine()).isEqualTo(testLine);
  }

  @Test
  void anOnnxFileTakesItsPreprocessingAndClassesFromOptions() {
    Path onnx = dir.resolve("bare.onnx");
    Cli.run("export", model, "--out", onnx).succeeds();
    Normalization n =
        ModelFile.load(model).preprocessing().values().iterator().next().normalization();
    List<Object> eval = List.of("eval", "--model", onnx, "--data", "mnist", "--data-dir", data);
    Object[] said = {
      "--mean", n.mean()[0] * 255, "--std", n.std()[0] * 255, "--pixels", 255, "--channels", "grey"
    };
    assertThat("test " + Cli.run(eval, said).succeeds().lastLine()).isEqualTo(testLine);
    assertThat("test " + Cli.run(eval, "--mean", 0, "--std", 1).succeeds().lastLine())
        .isNotEqualTo(testLine);
    Cli.run(eval, "--classes", "a,b").isRefused("10");
    Cli.run(eval, "--pixels", 255).isRefused("--pixels needs --mean and --std, for example");
    Path image = Samples.images(data, "t10k");
    Cli.run("predict", "--model", onnx, "--classes", "a,b", image).isRefused("10");
  }

  @Test
  void limitTakesTheFirstImages() {
    Cli.Result r = Cli.run("eval", "--model", model, "--data-dir", data, "--limit", 30);
    assertThat(r.succeeds().lastLine()).endsWith("images 30");
  }

  @Test
  void missingModelOption() {
    Cli.Result r = Cli.run("eval", "--data", "mnist");
    assertThat(r.status()).isEqualTo(2);
    assertThat(r.err()).contains("--model", "Usage: quern eval");
  }

  @Test
  void missingModel() {
    Cli.run("eval", "--model", dir.resolve("none"), "--data-dir", data).fails("none");
    Cli.run("eval", "--model", dir, "--data-dir", data).fails("not a regular file");
  }

  @Test
  void modelCutShort() throws IOException {
    byte[] all = Files.readAllBytes(model);
    Path cut = dir.resolve("cut.safetensors");
    for (int length : new int[] {0, 5, 8, 200, all.length / 2, all.length - 1}) {
      Files.write(cut, Arrays.copyOf(all, length));
      Cli.run("eval", "--model", cut, "--data-dir", data).fails("cut.safetensors");
    }
  }

  @Test
  void modelWithSomethingBehindIt() throws IOException {
    byte[] all = Files.readAllBytes(model);
    Path longer = Files.write(dir.resolve("longer"), Arrays.copyOf(all, all.length + 4));
    Cli.run("eval", "--model", longer, "--data-dir", data).fails("longer");
  }

  @Test
  void noModelAtAll() throws IOException {
    Path text = Files.writeString(dir.resolve("text"), "just some text, long enough for a header");
    Cli.run("eval", "--model", text, "--data-dir", data).fails("text");
    byte[] header = "{}      ".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(8).put(header);
    Path none = Files.write(dir.resolve("empty"), bytes.array());
    Cli.run("eval", "--model", none, "--data-dir", data).fails("empty", "not a model");
  }

  @Test
  void weightsThatAreNoNumbers() throws IOException {
    byte[] all = Files.readAllBytes(model);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putFloat(all.length - 4, bad);
      Path file = Files.write(dir.resolve("nan.safetensors"), all);
      Cli.run("eval", "--model", file, "--data-dir", data).fails("nan.safetensors", "" + bad);
      Cli.run("predict", "--model", file, "x.png").fails("" + bad);
      Cli.run("summary", "--model", file).fails("" + bad);
    }
  }

  @Test
  void imagesOfAnotherShape() {
    new IdxFile(new int[] {4, 10, 10}, new byte[400]).write(Samples.images(dir, "t10k"));
    new IdxFile(new int[] {4}, new byte[4]).write(Samples.labels(dir, "t10k"));
    Cli.run("eval", "--model", model, "--data-dir", dir).fails("1x10x10", "1x16x16");
  }
}
