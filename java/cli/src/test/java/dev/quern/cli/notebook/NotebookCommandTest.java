package dev.quern.cli.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class NotebookCommandTest {
  private static final long BATCH_BYTES = 10_000L * (1 + 3 * 32 * 32);

  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Exception failure;

  private int run(Object... args) {
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    return new CommandLine(new NotebookCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setExecutionExceptionHandler(
            (e, command, result) -> {
              failure = e;
              return 1;
            })
        .execute(words);
  }

  private Path step() {
    return Records.write(temp.resolve("step.safetensors"), Records.step());
  }

  @Test
  void aReplayThatAgreesEndsWithZero() {
    assertThat(run("--replay", step())).isZero();
    assertThat(out.toString()).contains("22 of 22 tensors agree within 1.0e-05");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aReplayOfATamperedRecordReportsAndEndsWithOne() {
    Path file =
        Records.tamper(
            step(), temp.resolve("tampered"), "dW3", v -> v[17] += Records.largest(v) / 50);
    assertThat(run("--replay", file)).isEqualTo(1);
    assertThat(out.toString()).containsPattern("(?m)^dW3 .* DIFFERS ").contains("21 of 22 tensors");
    assertThat(failure)
        .isInstanceOf(ReplayMismatchException.class)
        .hasMessageStartingWith("replay: tensor dW3 differs by 2.0e-02 of ");
  }

  @Test
  void aTamperedInputEndsWithOne() {
    Path file = Records.tamper(step(), temp.resolve("tampered"), "x", v -> v[0] = 255 - v[0]);
    assertThat(run("--replay", file)).isEqualTo(1);
    assertThat(failure).isInstanceOf(ReplayMismatchException.class);
  }

  @Test
  void aFileThatIsNoRecordedStepIsRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("step.txt"), "conv1_activated: 146228");
    assertThat(run("--replay", file)).isEqualTo(1);
    assertThat(failure).isInstanceOf(FormatException.class);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void missingFilesAreNamed() {
    assertThat(run("--replay", temp.resolve("nothing"))).isEqualTo(1);
    assertThat(failure).isInstanceOf(NotFoundException.class).hasMessageContaining("nothing");
    for (String form : List.of("--seed=2", "--fixed")) {
      assertThat(run(form, "--data-dir", temp)).isEqualTo(1);
      assertThat(failure)
          .isInstanceOf(NotFoundException.class)
          .hasMessageStartingWith("data set cifar10: not found in " + temp);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--epochs 3, notebook: the notebook as written has no use for --epochs",
    "--lr 0.1, notebook: the notebook as written has no use for --lr",
    "--threads 2, notebook: the notebook as written has no use for --threads",
    "--replay f --fixed, notebook: --replay has no use for --fixed",
    "--replay f --seed 1, notebook: --replay has no use for --seed",
    "--replay f --data-dir d, notebook: --replay has no use for --data-dir",
    "--fixed --lr -1, sgd: lr -1.0 is not a number of at least 0",
    "--fixed --lr NaN, sgd: lr NaN is not a number of at least 0",
    "--fixed --epochs 0, '0' is not an integer of at least 1",
    "--seed x, 'x' is not a long"
  })
  void aWrongCommandLineEndsWithTwo(String words, String message) {
    assertThat(run((Object[]) words.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void fixedTrainsOnTheDataOfAFolder() throws IOException {
    Path folder = blackImages();
    assertThat(run("--fixed", "--epochs", 1, "--threads", 2, "--data-dir", folder)).isZero();
    assertThat(failure).isNull();
    assertThat(out.toString().lines())
        .hasSize(4)
        .anyMatch(l -> l.matches("The notebook's network, fixed: 8,542 parameters, 50,000 .*"))
        .anyMatch(l -> l.startsWith("epoch 1/1 loss "))
        .endsWith("Accuracy :  100.00");
  }

  /** CIFAR-10 in its binary layout, all images black and of class 0, in one file of holes. */
  private Path blackImages() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("cifar-10-batches-bin"));
    Path first = folder.resolve("test_batch.bin");
    try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
      file.setLength(BATCH_BYTES);
    }
    for (int i = 1; i <= 5; i++) {
      Files.createLink(folder.resolve("data_batch_" + i + ".bin"), first);
    }
    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    return temp;
  }
}
