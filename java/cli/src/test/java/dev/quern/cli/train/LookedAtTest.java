package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.cli.SmallTraining;
import dev.quern.io.json.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which samples a run looks at before its end. */
class LookedAtTest {
  private static final int SIDE = 16;

  @TempDir Path dir;

  /** Other test images change nothing of what is seen behind an epoch. */
  @Test
  void testImagesAreNotLookedAtDuringTraining() throws IOException {
    SmallTraining small = SmallTraining.in(dir, 100, 40);
    JsonNode first = activations(small, "a");
    for (String kind : new String[] {"-images-idx3-ubyte", "-labels-idx1-ubyte"}) {
      Files.copy(
          small.data().resolve("train" + kind),
          small.data().resolve("t10k" + kind),
          StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(first.size()).isPositive();
    assertThat(activations(small, "b")).isEqualTo(first);
  }

  private JsonNode activations(SmallTraining small, String name) throws IOException {
    Path out = dir.resolve(name);
    small.run("--epochs", 1, "--out", out).succeeds();
    return Json.parse("test", Files.readString(out.resolve("report.json"))).get("activations");
  }

  /** All pixels of the first mask are ignored, so that it alone has no score. */
  @Test
  void aScoreIsThereWhateverTheFirstSample() throws IOException {
    Path data = dir.resolve("data");
    for (String part : new String[] {"train", "val", "test"}) {
      Files.createDirectories(data.resolve(part + "/images"));
      Files.createDirectories(data.resolve(part + "/masks"));
      for (int i = 0; i < 4; i++) {
        byte[] classes = new byte[SIDE * SIDE];
        Arrays.fill(classes, 0, 100, (byte) 1);
        if (part.equals("val") && i == 0) {
          Arrays.fill(classes, (byte) 255);
        }
        BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, SIDE, SIDE, i * 40);
        Pictures.write(data.resolve(part + "/images/" + i + ".png"), image);
        Path mask = data.resolve(part + "/masks/" + i + ".png");
        Pictures.write(mask, Pictures.grey(SIDE, classes));
      }
    }
    Files.writeString(data.resolve("classes.txt"), "ground\nother\n");
    Path net =
        Files.writeString(
            dir.resolve("net.json"),
            """
            {"name": "masks", "input": [3, 16, 16], "task": "pixel_classes", "layers": [
              {"type": "conv2d", "out_channels": 2, "kernel": 3, "padding": 1}]}
            """);
    Object[] line = {"train", "--net", net, "--data", data, "--epochs", 1, "--out"};
    Object[] all = Arrays.copyOf(line, line.length + 3);
    all[line.length] = dir.resolve("run");
    all[line.length + 1] = "--metric";
    all[line.length + 2] = "mean_iou";
    Cli.run(all).succeeds();
    all[line.length] = dir.resolve("other");
    all[line.length + 2] = "psnr";
    Cli.run(all).isRefused("--metric: psnr is not one of the metrics [");
  }
}
