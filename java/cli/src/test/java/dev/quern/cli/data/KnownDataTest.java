package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets by name whose files are at hand in small. */
class KnownDataTest {
  @TempDir Path dir;

  @Test
  void svhn() throws IOException {
    Path golden = Path.of(System.getProperty("quern.root"), "data/golden/svhn-scipy.mat");
    Path folder = Files.createDirectories(dir.resolve("data/svhn")).getParent();
    Files.copy(golden, folder.resolve("svhn/train_32x32.mat"));
    Files.copy(golden, folder.resolve("svhn/test_32x32.mat"));
    Path out = dir.resolve("run");
    Cli.Result r =
        Cli.run(
                "train",
                "--data",
                "svhn",
                "--data-dir",
                folder,
                "--epochs",
                1,
                "--out",
                out,
                "--no-report")
            .succeeds();
    assertThat(r.out()).contains("on svhn: 3 training and 3 test images of 3x32x32");
    Cli.Result tested =
        Cli.run("eval", "--model", out.resolve("model.safetensors"), "--data-dir", folder)
            .succeeds();
    assertThat("test " + tested.lastLine()).isEqualTo(r.lastLine());
  }

  @Test
  void cifar100SaysHowToGetIt() {
    Cli.run("train", "--data", "cifar100-coarse", "--data-dir", dir, "--out", dir.resolve("run"))
        .fails("cifar100-coarse", "--download", "169 MB", "cifar-100-binary.tar.gz");
    String byHand =
        Cli.run("summary", "--net", "resnet20", "--input", "3x32x32", "--classes", 100)
            .succeeds()
            .out();
    assertThat(Cli.run("summary", "--net", "resnet20", "--data", "cifar100").succeeds().out())
        .isEqualTo(byHand);
  }
}
