package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import dev.quern.io.dataset.IdxFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets and network descriptions that are missing, broken, or do not fit together. */
class BadDataTest {
  @TempDir Path dir;
  private Path data;
  private Path out;

  @BeforeEach
  void writeData() throws IOException {
    data = Samples.write(dir.resolve("data"), 20, 10);
    out = dir.resolve("run");
  }

  /** None of these may leave a trace. */
  @AfterEach
  void nothingIsWritten() {
    assertThat(out).doesNotExist();
  }

  private Cli.Result train(Object net) {
    return Cli.run(
        "train", "--net", net, "--data", "mnist", "--data-dir", data, "--epochs", 1, "--out", out);
  }

  @Test
  void missingDataSetSaysWhereItWasSoughtAndHowToGetIt() {
    Path empty = dir.resolve("nowhere");
    Cli.run("train", "--data", "cifar10", "--data-dir", empty, "--out", out)
        .fails("cifar10", empty.toString(), "--download");
  }

  @Test
  void missingTestImagesAreMissedBeforeTraining() throws IOException {
    Files.delete(Samples.images(data, "t10k"));
    assertThat(train("lenet").fails("mnist").out()).isEmpty();
  }

  @Test
  void missingLabels() throws IOException {
    Files.delete(Samples.labels(data, "train"));
    train("lenet").fails("train-labels");
  }

  @Test
  void emptyFile() throws IOException {
    Path file = Samples.images(data, "train");
    Files.write(file, new byte[0]);
    train("lenet").fails(file.toString(), "truncated");
  }

  @Test
  void fileCutShort() throws IOException {
    Path file = Samples.images(data, "train");
    byte[] all = Files.readAllBytes(file);
    for (int length : new int[] {3, 15, 16, all.length / 2, all.length - 1}) {
      Files.write(file, Arrays.copyOf(all, length));
      train("lenet").fails(file.toString());
    }
  }

  @Test
  void headerThatPromisesTooMuch() throws IOException {
    Path file = Samples.images(data, "train");
    byte[] all = Files.readAllBytes(file);
    Arrays.fill(all, 4, 16, (byte) 0x7f);
    Files.write(file, all);
    train("lenet").fails(file.toString());
  }

  @Test
  void gzipThatIsNone() throws IOException {
    Path file = Samples.images(data, "train");
    Files.delete(file);
    Files.writeString(file.resolveSibling(file.getFileName() + ".gz"), "no gzip at all");
    train("lenet").fails("not gzip");
  }

  @Test
  void labelBeyondTheClasses() {
    byte[] labels = new byte[20];
    labels[7] = 10;
    new IdxFile(new int[] {20}, labels).write(Samples.labels(data, "train"));
    train("lenet").fails("label 10", "image 7");
  }

  @Test
  void testImagesOfAnotherSize() {
    new IdxFile(new int[] {10, 15, 15}, new byte[10 * 15 * 15]).write(Samples.images(data, "t10k"));
    assertThat(train("lenet").fails("1x16x16", "1x15x15").out()).isEmpty();
  }

  @Test
  void pickleThatIsNoCifarBatch() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("c/cifar-10-batches-py"));
    Files.write(folder.resolve("batches.meta"), "]q\0.".getBytes(StandardCharsets.ISO_8859_1));
    cifar(folder.getParent()).fails("batches.meta");
  }

  @Test
  void pickleThatWouldRunSomething() throws IOException {
    Path victim = dir.resolve("victim");
    Path folder = Files.createDirectories(dir.resolve("c/cifar-10-batches-py"));
    Files.writeString(folder.resolve("batches.meta"), "cos\nsystem\n(S'touch " + victim + "'\ntR.");
    cifar(folder.getParent()).fails("batches.meta", "os.system");
    assertThat(victim).doesNotExist();
  }

  @Test
  void cifarBatchCutShort() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("c/cifar-10-batches-bin"));
    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    for (int i = 1; i <= 5; i++) {
      Files.write(folder.resolve("data_batch_" + i + ".bin"), new byte[3073]);
    }
    cifar(folder.getParent()).fails("data_batch_1.bin");
  }

  private Cli.Result cifar(Path folder) {
    return Cli.run("train", "--data", "cifar10", "--data-dir", folder, "--out", out);
  }

  @Test
  void networkThatDoesNotFitTheImages() throws IOException {
    train(Samples.network(dir.resolve("n.json"), "[3, 16, 16]", 10)).fails("3x16x16", "1x16x16");
    train(Samples.network(dir.resolve("n.json"), "[1, 16, 16]", 7)).fails("output 7", "10 classes");
    train(Samples.network(dir.resolve("n.json"), "[3, 16, 16]", 7))
        .fails("input 3x16x16", "1x16x16 images", "output 7", "10 classes");
  }

  @Test
  void networkWhoseShapesDoNotFit() throws IOException {
    train(Samples.network(dir.resolve("n.json"), "[1, 2, 2]", 10)).fails("n.json", "conv2d", "3x3");
  }

  @Test
  void builtInNetworkThatIsTooLargeForTheImages() {
    for (String split : new String[] {"train", "t10k"}) {
      int n = split.equals("train") ? 20 : 10;
      new IdxFile(new int[] {n, 6, 6}, new byte[n * 36]).write(Samples.images(data, split));
    }
    train("lenet").fails("lenet", "does not fit");
  }

  @Test
  void networkThatIsNoJson() throws IOException {
    train(Files.writeString(dir.resolve("n.json"), "{\"name\": ")).fails("n.json");
    train(Files.writeString(dir.resolve("n.json"), "")).fails("n.json");
    train(Files.writeString(dir.resolve("n.json"), "[1, 2]\n\n\u0007")).fails("n.json");
    train(dir).fails("not a regular file");
  }

  @Test
  void networkOfAbsurdSize() throws IOException {
    Path net =
        Files.writeString(
            dir.resolve("n.json"),
            """
            {"name": "vast", "input": [1, 16, 16], "layers": [
              {"type": "flatten"},
              {"type": "linear", "out_features": 2000000000},
              {"type": "linear", "out_features": 10}]}
            """);
    train(net).fails("vast", "MiB");
  }
}
