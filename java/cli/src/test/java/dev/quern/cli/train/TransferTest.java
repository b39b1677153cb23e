package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import dev.quern.cli.SmallTraining;
import dev.quern.data.Dataset;
import dev.quern.io.DatasetFile;
import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern train --from}: a model trained before goes on with other data. */
class TransferTest {
  @TempDir Path dir;
  private Path data;
  private Path model;

  @BeforeEach
  void trainAModel() throws IOException {
    SmallTraining small = SmallTraining.in(dir);
    data = small.data();
    Path out = dir.resolve("first");
    small.run("--epochs", 2, "--lr", "0.05", "--out", out).succeeds();
    model = out.resolve("model.safetensors");
  }

  /** Images of the first few classes. */
  private Path few(String... names) throws IOException {
    Path folder = Files.createDirectories(dir.resolve("few-" + names.length));
    for (String split : List.of("train", "test")) {
      Random random = new Random(split.length());
      int count = 60;
      byte[] pixels = new byte[count * Samples.SIZE * Samples.SIZE];
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = i % names.length;
        byte[] image = Samples.image(labels[i], random);
        System.arraycopy(image, 0, pixels, i * image.length, image.length);
      }
      Dataset of =
          Dataset.of(
              "few", Shape.of(1, Samples.SIZE, Samples.SIZE), List.of(names), pixels, labels);
      DatasetFile.save(folder.resolve(split + ".safetensors"), of);
    }
    return folder;
  }

  private Cli.Result from(Path data, Path out, Object... more) {
    return Cli.run(
        List.of("train", "--from", model, "--data", data, "--lr", "0.05", "--out", out), more);
  }

  private static ModelData load(Path out) {
    return ModelFile.load(out.resolve("model.safetensors"));
  }

  @Test
  void otherClassesGetANewHead() throws IOException {
    Path out = dir.resolve("second");
    Cli.Result r = from(few("a", "b", "c"), out, "--epochs", 1, "--freeze", "conv*").succeeds();
    assertThat(r.lines().get(1))
        .contains("from model.safetensors", "head linear1 new for 3 outputs");
    ModelData first = ModelFile.load(model);
    ModelData second = load(out);
    assertThat(second.classes()).containsExactly("a", "b", "c");
    assertThat(second.preprocessing()).isEqualTo(first.preprocessing());
    assertThat(second.weights().get("conv2d1.weight"))
        .isEqualTo(first.weights().get("conv2d1.weight"));
    assertThat(second.provenance())
        .containsEntry("from", "model.safetensors")
        .containsEntry("head", "linear1 new for 3 outputs");
  }

  /** With a rate of almost nothing the weights stay those of the model. */
  @Test
  void theSameClassesKeepTheHead() throws IOException {
    Path out = dir.resolve("second");
    String[] digits = ModelFile.load(model).classes().toArray(String[]::new);
    Cli.Result r = from(few(digits), out, "--epochs", 1, "--lr-scale", "*:0").succeeds();
    assertThat(r.lines().get(1)).contains("head kept", "lr scale *:0");
    ModelFile.load(model)
        .weights()
        .forEach((name, w) -> assertThat(load(out).weights().get(name)).isEqualTo(w));
    Path anew = dir.resolve("third");
    from(few(digits), anew, "--epochs", 1, "--new-head", "--lr-scale", "*:0").succeeds();
    assertThat(load(anew).weights().get("linear1.weight"))
        .isNotEqualTo(load(out).weights().get("linear1.weight"));
    assertThat(load(anew).classes()).containsExactly(digits);
  }

  /** Resumes bit-identically, and without the model, which may be deleted. */
  @Test
  void aRunThatIsStoppedGoesOnWithoutTheModel() throws IOException {
    Path few = few("a", "b", "c");
    List<Object> options =
        List.of(
            "--freeze",
            "conv*",
            "--unfreeze-at",
            "2:conv*",
            "--lr-scale",
            "conv*:0.5,*.bias:2",
            "--schedule",
            "constant",
            "--optimizer",
            "adamw");
    Path whole = dir.resolve("whole");
    Path parts = dir.resolve("parts");
    from(few, whole, Cli.joined(options, "--epochs", 3)).succeeds();
    from(few, parts, Cli.joined(options, "--epochs", 1)).succeeds();
    Files.delete(model);
    Cli.run("train", "--resume", parts, "--epochs", 3).succeeds();
    assertThat(parts.resolve("model.safetensors"))
        .hasBinaryContent(Files.readAllBytes(whole.resolve("model.safetensors")));
    ModelData made = load(whole);
    assertThat(made.provenance())
        .containsEntry("unfreeze_at", "2:conv*")
        .containsEntry("lr_scale", "conv*:0.5,*.bias:2");
  }

  @Test
  void anOnnxFileIsAModelToo() throws IOException {
    Path onnx = dir.resolve("small.onnx");
    Cli.run("export", model, "--out", onnx).succeeds();
    Path out = dir.resolve("second");
    Cli.run("train", "--from", onnx, "--data", few("a", "b"), "--epochs", 1, "--out", out)
        .succeeds();
    assertThat(load(out).classes()).containsExactly("a", "b");
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path out = dir.resolve("second");
    Path few = few("a", "b");
    from(few, out, "--net", "lenet").isRefused("--from already contains a network");
    Cli.run("train", "--new-head").isRefused("--new-head needs --from");
    from(few, out, "--unfreeze-at", "1:conv*").isRefused("'1:conv*' is not EPOCH:PATTERN");
    from(few, out, "--unfreeze-at", "conv*").isRefused("'conv*' is not EPOCH:PATTERN");
    from(few, out, "--unfreeze-at", "2:conv*")
        .fails("matches no parameter that is frozen in epoch 2");
    from(few, out, "--lr-scale", "conv*:-1").isRefused("'conv*:-1' is not PATTERN:FACTOR");
    from(few, out, "--lr-scale", "nothing:2").fails("pattern nothing matches none of");
    Cli.run("train", "--from", dir.resolve("none.safetensors"), "--data", few).fails("none");
    assertThat(out).doesNotExist();
  }

  @Test
  void batchNormsAreAdded() throws IOException {
    Path few = few("a", "b", "c");
    Path out = dir.resolve("normed");
    assertThat(from(few, out, "--epochs", 1, "--add-batch-norms").succeeds().out())
        .contains("batch norms added");
    assertThat(load(out).network().nodes().stream().map(n -> n.name()))
        .anyMatch(name -> name.endsWith(".bn"));
    Cli.run("train", "--add-batch-norms", "--data", few)
        .isRefused("--add-batch-norms needs --from");
  }
}
